#include "engine/hl7/message.hpp"

#include <algorithm>

#include "tests/engine/hl7/corpus.hpp"

using namespace gantry;
using namespace gantry::hl7;

namespace {

std::string order() {
    return "MSH|^~\\&|HIS|ADM|RIS|RAD|20261123090000||ORM^O01^ORM_O01|42|P|2.5.1\r"
           "PID|1||4711^^^HOSP&1.2.3&ISO^MR~999^^^SSA^SS||Meier&von&Meier^Anna^^^Dr.||19700101|F\r"
           "ORC|NW|P1^HIS|F1\r"
           "OBR|1|P1^HIS||CT1^CT of the head^LOCAL|||||||||a\\T\\b\r";
}

Message parsed(std::string bytes, const Limits& limits = {}) {
    auto message = Message::parse(std::move(bytes), limits);
    BOOST_REQUIRE_MESSAGE(message.ok(), (message.ok() ? "" : message.error().text()));
    return std::move(message).value();
}

Delimiters declared(const std::string& bytes) {
    const auto message = parsed(bytes);
    return message.delimiters();
}

ErrorCode refused(std::string bytes, const Limits& limits = {}) {
    auto message = Message::parse(std::move(bytes), limits);
    BOOST_REQUIRE(!message.ok());
    return message.error().code;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(message)

BOOST_AUTO_TEST_CASE(fields_count_from_one_and_msh_counts_its_separator) {
    const auto m = parsed(order());
    BOOST_TEST(m.segments() == 4);
    BOOST_TEST(m.type() == "ORM");
    BOOST_TEST(m.event() == "O01");
    BOOST_TEST(m.msh().field(1).raw() == "|");
    BOOST_TEST(m.msh().field(2).text() == "^~\\&");
    BOOST_TEST(m.msh().field(2).component(1).raw() == "^~\\&");
    BOOST_TEST(m.msh().field(3).raw() == "HIS");
    BOOST_TEST(m.msh().field(12).raw() == "2.5.1");
    BOOST_TEST(m.msh().fields() == 12);
    BOOST_TEST(m.msh().field(13).empty());
    const auto pid = m.segment("PID");
    BOOST_TEST(pid.id() == "PID");
    BOOST_TEST(pid.fields() == 8);
    BOOST_TEST(pid.field(3).repetitions() == 2);
    BOOST_TEST(pid.field(3).each_repetition().size() == 2);
    BOOST_TEST(pid.field(3).repetition(2).component(5).raw() == "SS");
    BOOST_TEST(pid.field(3).component(4).subcomponent(2).raw() == "1.2.3");
    BOOST_TEST(pid.field(3).subcomponent(1).raw() == "4711");
    BOOST_TEST(pid.field(5).component(1).subcomponent(3).raw() == "Meier");
    BOOST_TEST(m.segment("OBR").field(13).text() == "a&b");
}

BOOST_AUTO_TEST_CASE(before_v2_2_the_event_stood_elsewhere) {
    const auto event_of = [](const std::string& text) {
        const auto m = parsed(text);
        return std::string(m.event());
    };
    BOOST_TEST(event_of("MSH|^~\\&|||||||ADT||1|P|2.1\rEVN|A08|19890101\rPID|1\r") == "A08");
    BOOST_TEST(event_of("MSH|^~\\&|||||||ADT^A01||1|P|2.3\rEVN|A08|19890101\r") == "A01");
    BOOST_TEST(event_of("MSH|^~\\&|||||||ORM||1|P|2.1\rORC|NW\r") == "O01");
    BOOST_TEST(event_of("MSH|^~\\&|||||||ADT||1|P|2.1\rPID|1\r") == "");
}

BOOST_AUTO_TEST_CASE(what_is_absent_is_empty) {
    const auto m = parsed(order());
    BOOST_TEST(!m.segment("ZZZ"));
    BOOST_TEST(!m.segment("PID", 2));
    BOOST_TEST(!m.segment("PID", 0));
    BOOST_TEST(!m.segment(99));
    BOOST_TEST(m.segment("ZZZ").field(1).component(2).subcomponent(3).text().empty());
    BOOST_TEST(m.segment("ZZZ").raw().empty());
    BOOST_TEST(m.segment("PID").field(0).empty());
    BOOST_TEST(m.segment("PID").field(3).repetition(0).empty());
    BOOST_TEST(m.segment("PID").field(3).repetition(3).empty());
    BOOST_TEST(m.segment("PID").field(2).repetitions() == 0);
}

BOOST_AUTO_TEST_CASE(null_is_not_empty) {
    const auto m = parsed("MSH|^~\\&\rPID|\"\"|\r");
    BOOST_TEST(m.segment("PID").field(1).is_null());
    BOOST_TEST(!m.segment("PID").field(1).valued());
    BOOST_TEST(!m.segment("PID").field(1).empty());
    BOOST_TEST(!m.segment("PID").field(2).is_null());
}

BOOST_AUTO_TEST_CASE(every_line_end_and_what_may_come_before) {
    for (const std::string end : {"\r", "\n", "\r\n", "\r\r", "\r\n\r\n"})
        for (const std::string before : {"", "\xEF\xBB\xBF", " \n\r\n", "\xEF\xBB\xBF\r\n", "\v"})
            for (const bool last : {true, false}) {
                const auto m = parsed(before + "MSH|^~\\&|A" + end + "PID|1|" + end + "ZZZ" + (last ? end : ""));
                BOOST_TEST(m.segments() == 3);
                BOOST_TEST(m.segment(1).raw() == "PID|1|");
                BOOST_TEST(m.segment(1).fields() == 2);
                BOOST_TEST(m.segment(2).id() == "ZZZ");
                BOOST_TEST(m.segment(2).fields() == 0);
                BOOST_TEST(m.segment(2).field(1).empty());
            }
}

BOOST_AUTO_TEST_CASE(a_line_feed_inside_a_message_that_ends_lines_with_cr_is_text) {
    const auto m = parsed("MSH|^~\\&|A\rOBX|1|FT|||first line\nsecond line\n\nNTE|1|x\rNTE|2\n");
    BOOST_TEST(m.segments() == 4);
    BOOST_TEST(m.segment("OBX").field(5).raw() == "first line\nsecond line");
    BOOST_TEST(m.segment("NTE").field(1).raw() == "1");
}

BOOST_AUTO_TEST_CASE(delimiters_are_what_the_sender_says) {
    const auto m = parsed("MSH#!@%*#AB#C!D@E*F%T%G\r");
    BOOST_TEST(m.delimiters().field == '#');
    BOOST_TEST(m.msh().field(4).repetition(2).subcomponent(2).text() == "F*G");
    BOOST_TEST(m.msh().field(4).component(2).raw() == "D");
    BOOST_TEST(declared("MSH|^~\\&#|A").truncation == '#');
    BOOST_TEST((declared("MSH||A^B") == Delimiters{}));
    BOOST_TEST((declared("MSH|\rPID|1") == Delimiters{}));
    const auto brief = parsed("MSH|^~|A&\\T\\B^C\r");
    BOOST_TEST(brief.delimiters().escape == '\0');
    BOOST_TEST(brief.msh().field(3).component(1).subcomponent(1).text() == "A&\\T\\B");
    BOOST_TEST(brief.msh().field(3).component(1).subcomponent(2).empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_hl7_is_named) {
    for (const char* text :
         {"", " ", "MSH", "MSH\r", "PID|1", "ISA*00*", "msh|^~\\&|", "FHS|^~\\&|\rMSH|^~\\&|", "BHS|^~\\&|"})
        BOOST_TEST((refused(text) == ErrorCode::hl7_not_hl7), text);
    for (const char* text : {"MSHA^~\\&|", "MSH|^^\\&|", "MSH|^~\\A|", "MSH ^~\\& ", "MSH|^~\\&#+|", "MSH|^~\\\\&|",
                             "MSH|\xC3\xA4~\\|", "MSH|^ \\&|", "MSH|^~1|"})
        BOOST_TEST((refused(text) == ErrorCode::hl7_bad_delimiters), text);
}

BOOST_AUTO_TEST_CASE(limits_hold) {
    Limits limits;
    limits.bytes = 20;
    BOOST_TEST((refused(order(), limits) == ErrorCode::net_too_large));
    limits = {};
    limits.segments = 3;
    BOOST_TEST((refused(order(), limits) == ErrorCode::hl7_too_many));
    limits.segments = 4;
    parsed(order(), limits);
    limits.fields = 30;
    BOOST_TEST((refused(order(), limits) == ErrorCode::hl7_too_many));
}

BOOST_AUTO_TEST_CASE(views_survive_a_move) {
    auto m = parsed("MSH|^~\\&|A\rPID|1\r");
    const auto pid = m.segment("PID");
    const auto field = pid.field(1);
    const auto moved = std::move(m);
    BOOST_TEST(field.raw() == "1");
    BOOST_TEST(pid.field(1).raw() == "1");
    BOOST_TEST(moved.segment("PID").raw() == "PID|1");
}

BOOST_AUTO_TEST_CASE(fields_rejoined_are_the_segment_at_every_length) {
    std::string text = "MSH|^~\\&|";
    for (int i = 0; i < 400; ++i) {
        text += i % 7 == 0 ? "\rZ" + std::to_string(i % 9) + "X" : i % 3 == 0 ? "|" : "x";
        const auto m = parsed(text);
        std::string joined;
        for (std::size_t s = 0; s < m.segments(); ++s) {
            const auto segment = m.segment(s);
            std::string line(segment.id());
            for (std::size_t n = s == 0 ? 2 : 1; n <= segment.fields(); ++n)
                line.append("|").append(segment.field(n).raw());
            BOOST_REQUIRE_EQUAL(line, segment.raw());
            joined += (s ? "\r" : "") + line;
        }
        BOOST_REQUIRE_EQUAL(joined, text);
    }
}

// Every message of the corpus is read, or refused by name; nothing but line ends is lost.
BOOST_AUTO_TEST_CASE(corpus) {
    auto without_ends = [](std::string text) {
        text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n'; }), text.end());
        return text;
    };
    std::size_t read = 0;
    for (const auto& file : hl7_corpus()) {
        const auto start = file.bytes.find("MSH");
        if (start == std::string::npos) continue;
        const auto m = Message::parse(file.bytes.substr(start));
        if (!m.ok()) {
            BOOST_TEST_MESSAGE(file.name << ": " << m.error().text());
            BOOST_TEST((m.error().code == ErrorCode::hl7_bad_delimiters || m.error().code == ErrorCode::hl7_not_hl7),
                       file.name);
            continue;
        }
        std::string joined;
        for (std::size_t i = 0; i < m->segments(); ++i) joined += m->segment(i).raw();
        BOOST_TEST(without_ends(joined) == without_ends(file.bytes.substr(start)), file.name);
        ++read;
    }
    BOOST_TEST_MESSAGE(read << " messages of the corpus read");
}

BOOST_AUTO_TEST_SUITE_END()
