#include "engine/hl7/path.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::hl7;

namespace {

Message sample() {
    return Message::parse(
               "MSH|^~\\&|HIS\r"
               "PID|1||1^^^A&1.2&ISO^PI~2^^^B^MR~3^^^B^MR||Meier^Anna^^^^^L~Schmidt^Anna^^^^^M\r"
               "NTE|1||about the patient\r"
               "ORC|NW|P1\rOBR|1|P1||A^first\rOBX|1|NM|8302-2^height||172|cm\rNTE|1||about the order\r"
               "ORC|CA|P2\rOBR|2|P2||B^second&sub\rOBX|1|NM|29463-7^weight||70|kg\r")
        .value();
}

std::string found(const Message& message, std::string_view path) {
    auto parsed = Path::parse(path);
    BOOST_REQUIRE_MESSAGE(parsed.ok(), path);
    return parsed->find(whole(message)).text();
}

std::vector<std::string> all(const Message& message, std::string_view path) {
    std::vector<std::string> out;
    auto parsed = Path::parse(path);
    BOOST_REQUIRE_MESSAGE(parsed.ok(), path);
    for (const auto& piece : parsed->find_all(whole(message))) out.push_back(piece.text());
    return out;
}

using Texts = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(path)

BOOST_AUTO_TEST_CASE(finds_the_first_match) {
    const auto m = sample();
    const std::pair<const char*, const char*> rows[] = {
        {"MSH-3", "HIS"},
        {"MSH-2", "^~\\&"},
        {"PID-5.1", "Meier"},
        {"PID-5[2].1", "Schmidt"},
        {"PID-5[type=M].1", "Schmidt"},
        {"PID-3.1", "1"},
        {"PID-3[*].1", "1"},
        {"PID-3[type=MR].1", "2"},
        {"PID-3[5=MR].1", "2"},
        {"PID-3[authority=A].1", "1"},
        {"PID-3.4.2", "1.2"},
        {"PID-3[9].1", ""},
        {"PID-3[type=XX].1", ""},
        {"OBR[2]-4.2.2", "sub"},
        {"OBR[3]-4.1", ""},
        {"OBR-4.1", "A"},
        {"OBX[3.1=29463-7]-5", "70"},
        {"OBX[3=29463-7]-5", "70"},
        {"OBX[3.2=none]-5", ""},
        {"ZZZ-1", ""},
    };
    for (const auto& [path, expected] : rows) BOOST_TEST(found(m, path) == expected, path);
}

BOOST_AUTO_TEST_CASE(finds_all) {
    const auto m = sample();
    BOOST_TEST(all(m, "PID-3[*].1") == (Texts{"1", "2", "3"}));
    BOOST_TEST(all(m, "PID-3.1") == (Texts{"1", "2", "3"}));
    BOOST_TEST(all(m, "PID-3[2].1") == (Texts{"2"}));
    BOOST_TEST(all(m, "PID-3[type=MR].1") == (Texts{"2", "3"}));
    BOOST_TEST(all(m, "OBX-5") == (Texts{"172", "70"}));
    BOOST_TEST(all(m, "OBX[*]-5") == (Texts{"172", "70"}));
    BOOST_TEST(all(m, "OBX[2]-5") == (Texts{"70"}));
    BOOST_TEST(all(m, "NTE-3") == (Texts{"about the patient", "about the order"}));
}

BOOST_AUTO_TEST_CASE(a_group_sees_itself_and_the_head_but_no_other_group) {
    const auto m = sample();
    const auto everything = whole(m), common = head(everything, "ORC");
    auto orders = groups(everything, "ORC");
    BOOST_REQUIRE(orders.size() == 2);
    for (auto& order : orders) order.outer = &common;
    auto text = [](const char* path, const Scope& scope) { return Path::parse(path)->find(scope).text(); };
    BOOST_TEST(text("ORC-2", orders[1]) == "P2");
    BOOST_TEST(text("OBR[1]-4.1", orders[1]) == "B");
    BOOST_TEST(text("PID-5.1", orders[1]) == "Meier");
    BOOST_TEST(text("NTE-3", orders[0]) == "about the order");
    BOOST_TEST(text("NTE-3", orders[1]).empty());
    BOOST_TEST(groups(everything, "ZZZ").empty());
    BOOST_TEST(head(everything, "ZZZ").end == m.segments());
    BOOST_TEST(groups(Scope{}, "ORC").empty());
}

BOOST_AUTO_TEST_CASE(a_path_that_cannot_be_understood_is_named) {
    for (const char* text : {"",
                             "PI",
                             "PID",
                             "PID-",
                             "PID-0",
                             "PID-5.",
                             "PID-5.0",
                             "PID-5.1.",
                             "PID-5.1.2.3",
                             "pid-5",
                             "PID.5",
                             "PID-3[",
                             "PID-3[]",
                             "PID-3[0]",
                             "PID-3[x=1]",
                             "PID-3[type]",
                             "PID[x]-3",
                             "PID[3.=x]-3",
                             "PID-99999999999999999999",
                             "PID-5 ",
                             " PID-5",
                             "PID-3[use=x]"}) {
        const auto path = Path::parse(text);
        BOOST_TEST(!path.ok(), text);
        if (!path.ok()) BOOST_TEST((path.error().code == ErrorCode::config_bad_path));
    }
}

BOOST_AUTO_TEST_CASE(remembers_its_parts) {
    const auto path = Path::parse("PID-3[*].4.2");
    BOOST_TEST(path->segment() == "PID");
    BOOST_TEST(path->field() == 3);
    BOOST_TEST(path->component() == 4);
    BOOST_TEST(path->subcomponent() == 2);
    BOOST_TEST(path->every_repetition());
    BOOST_TEST(path->text() == "PID-3[*].4.2");
}

BOOST_AUTO_TEST_SUITE_END()
