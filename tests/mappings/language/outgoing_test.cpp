#include "mappings/language/outgoing.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/json/value.hpp"

namespace gantry::mappings {
namespace {

const std::string order =
    "MSH|^~\\&|HIS|HOSP|GANTRY|RAD|20261123||ORM^O01|M1|P|2.5\r"
    "PID|1||7^^^H^MR||Doe^Jane^Q^^^^L~Roe^Jane||19800406|F|||||||||||123-45-6789\r"
    "NTE|1||about the patient\r"
    "ORC|NW|P1|F1\rOBR|1|P1||CT1^Head||||||||||||||||||CT\rNTE|1||about the head\rZDS|1.2.3\r"
    "ORC|NW|P2|F2\rOBR|2|P2||MR1^Knee\rZBX|x\r";

Tables tables() {
    json::Diagnostics problems("t.json");
    Tables out;
    auto table = Table::load("modality", *json::parse(R"({"key": ["code"], "rows": [{"code": "CT", "dicom": "CTX"}]})"),
                             problems);
    BOOST_REQUIRE(table);
    out.add(std::move(*table));
    return out;
}

Outgoing compiled(const std::string& body) {
    json::Diagnostics problems("o.json");
    const auto document = json::parse(R"({"reads": "hl7", "writes": "hl7")" + body + "}");
    BOOST_REQUIRE(document);
    BOOST_TEST(is_outgoing(*document));
    auto out = Outgoing::compile("to-pacs", *document, tables(), problems);
    for (const auto& problem : problems.all()) BOOST_TEST_MESSAGE(problem.text());
    BOOST_REQUIRE(out);
    return *out;
}

std::string written(const std::string& body, const std::string& text = order) {
    const auto message = hl7::Message::parse(text);
    BOOST_REQUIRE(message);
    auto out = compiled(body).write(*message, {});
    BOOST_REQUIRE(out);
    return *out;
}

std::string segment(const std::string& text, std::string_view id, std::size_t n = 1) {
    const auto message = hl7::Message::parse(text);
    BOOST_REQUIRE(message);
    return std::string(message->segment(id, n).raw());
}

std::string first_problem(const std::string& body) {
    json::Diagnostics problems("o.json");
    const auto document = json::parse(R"({"reads": "hl7", "writes": "hl7")" + body + "}");
    BOOST_REQUIRE(document);
    BOOST_TEST(!Outgoing::compile("to-pacs", *document, tables(), problems));
    BOOST_REQUIRE(!problems.all().empty());
    return problems.all().front().text();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(outgoing_messages)

BOOST_AUTO_TEST_CASE(what_nothing_speaks_of_stays_as_it_came) {
    BOOST_TEST(written("") == order);
}

BOOST_AUTO_TEST_CASE(constants_tables_and_copies_are_written) {
    const auto out = written(R"(, "set": {"MSH-5": {"constant": "PACS & more"}, "MSH-6": {"constant": ""},
        "OBR-22": {"table": "modality", "of": "OBR-22"}, "PID-5": {"copy": "PID-5[2]"}, "PID-3[2].4.2": "MSH-4"})");
    BOOST_TEST(segment(out, "MSH") == "MSH|^~\\&|HIS|HOSP|PACS \\T\\ more|\"\"|20261123||ORM^O01|M1|P|2.5");
    BOOST_TEST(segment(out, "PID") == "PID|1||7^^^H^MR~^^^&HOSP||Roe^Jane||19800406|F|||||||||||123-45-6789");
    BOOST_TEST(segment(out, "OBR") == "OBR|1|P1||CT1^Head||||||||||||||||||CTX");
    BOOST_TEST(segment(out, "OBR", 2) == "OBR|2|P2||MR1^Knee");
}

BOOST_AUTO_TEST_CASE(segments_and_fields_are_left_out) {
    const auto out = written(R"(, "without": ["NTE", "Z*"], "clear": ["PID-19", "PID-5.3"])");
    BOOST_TEST(out ==
               "MSH|^~\\&|HIS|HOSP|GANTRY|RAD|20261123||ORM^O01|M1|P|2.5\r"
               "PID|1||7^^^H^MR||Doe^Jane^^^^^L~Roe^Jane||19800406|F\r"
               "ORC|NW|P1|F1\rOBR|1|P1||CT1^Head||||||||||||||||||CT\rORC|NW|P2|F2\rOBR|2|P2||MR1^Knee\r");
}

BOOST_AUTO_TEST_CASE(a_path_sees_its_own_segment_then_its_group_then_the_message) {
    const std::string set = R"("set": {"OBR-3": "ORC-3", "OBR-10": "OBR-4.1", "OBR-11": "PID-8"})";
    const auto grouped = written(R"(, "groups": "ORC", )" + set);
    BOOST_TEST(segment(grouped, "OBR", 1) == "OBR|1|P1|F1|CT1^Head||||||CT1|F|||||||||||CT");
    BOOST_TEST(segment(grouped, "OBR", 2) == "OBR|2|P2|F2|MR1^Knee||||||MR1|F");
    BOOST_TEST(segment(written(", " + set), "OBR", 2) == "OBR|2|P2|F1|MR1^Knee||||||MR1|F");
}

BOOST_AUTO_TEST_CASE(segments_are_added_where_they_say_something) {
    const auto out = written(R"(, "groups": "ORC", "without": ["ZDS", "ZBX", "NTE"], "add": [
        {"segment": "ZDS", "after": "OBR", "set": {"ZDS-1": {"copy": "ZDS-1"}, "ZDS-4": "ZDS-9"}},
        {"segment": "PV1", "after": "PID", "set": {"PV1-2": {"constant": "O"}}}])");
    BOOST_TEST(segment(out, "PV1") == "PV1||O");
    BOOST_TEST(segment(out, "ZDS") == "ZDS|1.2.3");
    BOOST_TEST(segment(out, "ZDS", 2).empty());
    BOOST_TEST(out.find("CT\rZDS|1.2.3\rORC|NW|P2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(text_above_ascii_says_so) {
    const auto out = written(R"(, "set": {"PID-9": {"constant": "M\u00fcller"}})");
    BOOST_TEST(segment(out, "MSH") == "MSH|^~\\&|HIS|HOSP|GANTRY|RAD|20261123||ORM^O01|M1|P|2.5||||||UNICODE UTF-8");
}

BOOST_AUTO_TEST_CASE(a_code_that_the_table_refuses_is_an_error) {
    const auto rules = compiled(R"(, "set": {"OBR-22": {"table": "modality", "of": "OBR-4.1", "miss": "reject"}})");
    const auto message = hl7::Message::parse(order);
    const auto out = rules.write(*message, {});
    BOOST_REQUIRE(!out);
    BOOST_CHECK(out.error().code == ErrorCode::map_miss);
}

BOOST_AUTO_TEST_CASE(it_says_which_messages_it_is_for) {
    BOOST_TEST(compiled("").writes("ADT", "A01"));
    const auto orders = compiled(R"(, "messages": ["ORM^O01", "ADT^*"])");
    BOOST_TEST(orders.writes("ORM", "O01"));
    BOOST_TEST(orders.writes("ADT", "A08"));
    BOOST_TEST(!orders.writes("ORU", "R01"));
}

BOOST_AUTO_TEST_CASE(mistakes_are_named_where_they_are) {
    const std::pair<const char*, const char*> rows[] = {
        {R"(, "sett": {})", "did you mean \"set\""},
        {R"(, "set": {"PID-5": 5})", "/set/PID-5"},
        {R"(, "set": {"PID5": "PID-5"})", "/set/PID5"},
        {R"(, "set": {"OBX[2]-5": "PID-5"})", "one place of each such segment"},
        {R"(, "set": {"OBX[3.1=x]-5": "PID-5"})", "one place of each such segment"},
        {R"(, "set": {"PID-3[*]": "PID-5"})", "one place of each such segment"},
        {R"(, "set": {"MSH-2": "PID-5"})", "delimiters"},
        {R"(, "set": {"PID-5": {"copy": "PID"}})", "/set/PID-5/copy"},
        {R"(, "set": {"PID-5": {"table": "modalities", "of": "PID-8"}})", "did you mean \"modality\""},
        {R"(, "without": ["MSH"])", "cannot be without MSH"},
        {R"(, "without": ["NT"])", "/without/0"},
        {R"(, "messages": ["ORM"])", "write type^event"},
        {R"(, "add": [{"segment": "ZDS", "set": {"ZDS-1": "PID-3"}}])", "after"},
        {R"(, "add": [{"segment": "ZDS", "after": "OBR", "set": {"ZDT-1": "PID-3"}}])", "about ZDS"},
    };
    for (const auto& [body, says] : rows) {
        const auto problem = first_problem(body);
        BOOST_TEST(problem.find(says) != std::string::npos, body << " is reported as " << problem);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::mappings
