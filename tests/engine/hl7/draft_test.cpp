#include "engine/hl7/draft.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::hl7;

namespace {

Message parsed(std::string text) {
    auto message = Message::parse(std::move(text));
    BOOST_REQUIRE(message);
    return std::move(*message);
}

const std::string order =
    "MSH|^~\\&|HIS||||20260101||ORM^O01|1|P|2.5\rPID|1||1^^^H^MR~2^^^H^PI||D\\T\\oe^J||\"\"|F\rOBR|1|P1||CT\r";

std::string line(const Draft& draft, std::size_t n) {
    const auto text = draft.text();
    const auto message = parsed(text);
    return std::string(message.segment(n).raw());
}

Draft draft() {
    return Draft(parsed(order));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(draft_of_a_message)

BOOST_AUTO_TEST_CASE(untouched_it_is_what_came) {
    BOOST_TEST(draft().text() == order);
    BOOST_TEST(Draft(parsed("MSH|^~\\&|A||||||ACK|1|P|2.5|||\nPID|||\n")).text() ==
               "MSH|^~\\&|A||||||ACK|1|P|2.5|||\rPID|||\r");
}

BOOST_AUTO_TEST_CASE(sets_any_place_of_a_segment) {
    struct Row {
        std::size_t segment;
        DraftPlace place;
        std::string text, line;
    };
    const Row rows[] = {
        {0, {3}, "PACS", "MSH|^~\\&|PACS||||20260101||ORM^O01|1|P|2.5"},
        {0, {9, 1, 2}, "O02", "MSH|^~\\&|HIS||||20260101||ORM^O02|1|P|2.5"},
        {0, {1}, "x", "MSH|^~\\&|HIS||||20260101||ORM^O01|1|P|2.5"},
        {0, {2}, "x", "MSH|^~\\&|HIS||||20260101||ORM^O01|1|P|2.5"},
        {1, {3}, "7", "PID|1||7||D\\T\\oe^J||\"\"|F"},
        {1, {3, 2}, "7", "PID|1||1^^^H^MR~7||D\\T\\oe^J||\"\"|F"},
        {1, {3, 2, 4}, "X", "PID|1||1^^^H^MR~2^^^X^PI||D\\T\\oe^J||\"\"|F"},
        {1, {3, 0, 5}, "X", "PID|1||1^^^H^X~2^^^H^PI||D\\T\\oe^J||\"\"|F"},
        {1, {3, 3, 4, 2}, "X", "PID|1||1^^^H^MR~2^^^H^PI~^^^&X||D\\T\\oe^J||\"\"|F"},
        {1, {5}, "A|B^C&D~E\\F", "PID|1||1^^^H^MR~2^^^H^PI||A\\F\\B\\S\\C\\T\\D\\R\\E\\E\\F||\"\"|F"},
        {1, {7, 1, 2}, "X", "PID|1||1^^^H^MR~2^^^H^PI||D\\T\\oe^J||^X|F"},
        {1, {8}, "", "PID|1||1^^^H^MR~2^^^H^PI||D\\T\\oe^J||\"\""},
        {2, {7}, "20260102", "OBR|1|P1||CT|||20260102"},
        {2, {4, 1, 3}, "L", "OBR|1|P1||CT^^L"},
    };
    for (const auto& row : rows) {
        auto changed = draft();
        changed.set_text(row.segment, row.place, row.text);
        BOOST_TEST(line(changed, row.segment) == row.line);
    }
}

BOOST_AUTO_TEST_CASE(raw_text_keeps_its_delimiters) {
    auto changed = draft();
    changed.set_raw(1, {5}, "Roe^R\\T\\~Doe^J");
    BOOST_TEST(line(changed, 1) == "PID|1||1^^^H^MR~2^^^H^PI||Roe^R\\T\\~Doe^J||\"\"|F");
}

BOOST_AUTO_TEST_CASE(segments_come_and_go) {
    auto changed = draft();
    changed.insert(2, "PV1");
    changed.set_text(2, {2}, "O");
    changed.erase(1);
    BOOST_TEST(changed.segments() == 3u);
    BOOST_TEST(changed.id(1) == "PV1");
    BOOST_TEST(changed.text() == "MSH|^~\\&|HIS||||20260101||ORM^O01|1|P|2.5\rPV1||O\rOBR|1|P1||CT\r");
}

BOOST_AUTO_TEST_CASE(other_delimiters_are_used) {
    auto changed = Draft(parsed("MSH#*!?%#HIS#####ACK#1#P#2.5\rPID#1##1***H\r"));
    changed.set_text(1, {3, 2, 4}, "a*b");
    BOOST_TEST(changed.text() == "MSH#*!?%#HIS#####ACK#1#P#2.5\rPID#1##1***H!***a?S?b\r");
}

BOOST_AUTO_TEST_SUITE_END()
