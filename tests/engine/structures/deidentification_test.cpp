#include "engine/structures/deidentification.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "engine/base/base64.hpp"
#include "engine/hl7/batch.hpp"
#include "engine/hl7/decode.hpp"
#include "engine/hl7/moment.hpp"
#include "engine/structures/pseudonyms.hpp"
#include "tests/engine/hl7/corpus.hpp"

namespace gantry::structures {
namespace {

std::vector<hl7::Message> parsed(const std::vector<std::string>& texts) {
    std::vector<hl7::Message> out;
    for (const auto& text : texts)
        if (auto message = hl7::Message::parse(text)) out.push_back(std::move(*message));
    return out;
}

// One message, and what became of it.
struct Changed {
    explicit Changed(const std::string& text, const Deidentification& options = {}) {
        result = deidentified(parsed({text}), options);
        message = std::move(parsed(result.messages));
    }
    std::string at(std::string_view segment, std::size_t field) const {
        return std::string(message.front().segment(segment).field(field).raw());
    }
    bool has(const std::string& text) const {
        return folded(result.messages.front()).find(folded(text)) != std::string::npos;
    }

    Deidentified result;
    std::vector<hl7::Message> message;
};

const std::string order =
    "MSH|^~\\&|HIS|SAMPLE|GANTRY|R|20261123090000||ORM^O01|MSG4711|P|2.5.1\r"
    "PID|1||S1000042^^^SAMPLE^MR~99887^^^X^PI||SCHUSTER^ADELHEID^M^JR^DR||19610417|F|||LINDENALLEE "
    "7^^SAMSTADT^CA^94110^USA||"
    "(415)555-0123^PRN^PH||||||123-45-6789\r"
    "ORC|NW|P77^HIS|F77^GANTRY||SC||1^^^202611231000^^R||20261123090000|||777^BRECHT^HANNA^^^DR\r"
    "OBR|1|P77^HIS|F77^GANTRY|CTABD^CT ABDOMEN^LOCAL||||||||||||||A77||||||CT|||||||^Pain since 04/17/2020 says Mrs "
    "Schuster\r"
    "NTE|1||Call Adelheid Schuster, S1000042, born 1961-04-17\\.br\\IMPRESSION: none\r"
    "ZXX|A|SCHUSTER|19610417|something else|CT\r";

BOOST_AUTO_TEST_SUITE(deidentification)

BOOST_AUTO_TEST_CASE(nothing_of_the_person_is_left) {
    const Changed changed(order);
    for (const auto* told :
         {"SCHUSTER", "ADELHEID", "S1000042", "99887", "19610417", "1961-04-17", "LINDENALLEE", "SAMSTADT", "94110",
          "555-0123", "123-45-6789", "BRECHT", "HANNA", "MSG4711", "something", "04/17/2020"})
        BOOST_TEST(!changed.has(told), told << " in " << changed.result.messages.front());
}

BOOST_AUTO_TEST_CASE(what_the_mapping_needs_stays) {
    const Changed changed(order);
    BOOST_TEST(changed.result.messages.front().starts_with("MSH|^~\\&|HIS|SAMPLE|GANTRY|R|"));
    BOOST_TEST(changed.at("MSH", 9) == "ORM^O01");
    BOOST_TEST(changed.at("PID", 8) == "F");
    BOOST_TEST(changed.at("ORC", 1) == "NW");
    BOOST_TEST(changed.at("ORC", 7).ends_with("1000^^R"));
    BOOST_TEST(changed.at("OBR", 4) == "CTABD^CT ABDOMEN^LOCAL");
    BOOST_TEST(changed.at("OBR", 24) == "CT");
    BOOST_TEST(changed.at("PID", 3).find("^^^SAMPLE^MR~") != std::string::npos);
    BOOST_TEST(changed.at("PID", 5).ends_with("^JR^DR"));
    BOOST_TEST(changed.at("ORC", 2) == changed.at("OBR", 2));
    BOOST_TEST(changed.at("NTE", 3).find("\\.br\\") != std::string::npos);
    BOOST_TEST(changed.at("ZXX", 1) == "A");
    BOOST_TEST(changed.at("ZXX", 5) == "CT");
}

BOOST_AUTO_TEST_CASE(the_same_value_is_the_same_everywhere) {
    const Changed changed(order);
    const auto family = changed.message.front().segment("PID").field(5).component(1).text();
    BOOST_TEST(changed.at("ZXX", 2) == family);
    const auto note = folded(changed.at("NTE", 3));
    BOOST_TEST(note.find(folded(family)) != std::string::npos);
    BOOST_TEST(note.find(folded(changed.message.front().segment("PID").field(3).component(1).text())) !=
               std::string::npos);
    auto birth = changed.at("PID", 7);
    BOOST_TEST(changed.at("ZXX", 3) == birth);
    BOOST_TEST(note.find(birth.insert(6, "-").insert(4, "-")) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(dates_move_by_whole_weeks_into_the_past) {
    const Changed changed(order);
    BOOST_TEST(changed.result.days % 7 == 0);
    BOOST_TEST((changed.result.days <= -365 && changed.result.days >= -3650));
    BOOST_TEST(changed.at("MSH", 7).ends_with("090000"));
    BOOST_TEST(changed.at("ORC", 7).substr(4, 8) == changed.at("MSH", 7).substr(0, 8));
}

BOOST_AUTO_TEST_CASE(several_messages_are_of_one_case) {
    auto second = order;
    second.replace(second.find("ORC|NW"), 6, "ORC|CA");
    const auto both = deidentified(parsed({order, second}), {});
    BOOST_REQUIRE_EQUAL(both.messages.size(), 2);
    const auto read = parsed(both.messages);
    BOOST_TEST(read[0].segment("PID").raw() == read[1].segment("PID").raw());
    BOOST_TEST(read[0].segment("ORC").raw().substr(6) == read[1].segment("ORC").raw().substr(6));
    BOOST_TEST(deidentified(parsed({order, second}), {}).messages == both.messages, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(identifiers_stay_when_asked) {
    const Changed changed(order, {true, {}});
    BOOST_TEST(changed.at("PID", 3) == "S1000042^^^SAMPLE^MR~99887^^^X^PI");
    BOOST_TEST(changed.at("ORC", 2) == "P77^HIS");
    BOOST_TEST(changed.at("MSH", 10) == "MSG4711");
    BOOST_TEST(changed.has("S1000042"));
    BOOST_TEST(!changed.has("SCHUSTER"));
    BOOST_TEST(!changed.has("123-45-6789"));
}

BOOST_AUTO_TEST_CASE(headings_and_codes_that_tables_know_stay) {
    const Changed changed(order, {false, {"Impression", "a77"}});
    BOOST_TEST(changed.at("NTE", 3).find("\\.br\\IMPRESSION: ") != std::string::npos);
    BOOST_TEST(changed.at("OBR", 18) == "A77");
    BOOST_TEST(Changed(order).at("OBR", 18) != "A77");
}

BOOST_AUTO_TEST_CASE(results_lose_their_texts_and_keep_their_numbers) {
    const Changed changed(
        "MSH|^~\\&|RIS|H|G|R|20261123||ORU^R01|1|P|2.3.1\rPID|1||4711||DOE^JO\rOBR|1||F1|71020^CHEST DOE 2 VIEWS^CPT\r"
        "OBX|1|TX|71020&GDT^CHEST^CPT|1|Mr Doe's lungs are "
        "clear\\T\\dry||||||F\rOBX|2|NM|X^HEART^L|2|0.45|1|0-0.5|N|||F\r"
        "OBX|3|NM|X^ID^L|3|4711x||||||F\rOBX|4|CE|X^ID^L|4|B12^Something^L||||||F\rOBX|5|DT|X^D^L|5|20200101||||||F\r"
        "OBX|6|HD|113014^DICOM Study^DCM|6|1.2.3.4.5.6.7\rOBX|7|ST|Y^Z^L|7|1.2.3.4.5.6.789\r");
    const auto& message = changed.message.front();
    const auto obx = [&](std::size_t n) { return std::string(message.segment("OBX", n).field(5).raw()); };
    BOOST_TEST(obx(1).find("lungs") == std::string::npos);
    BOOST_TEST(obx(1).find("\\T\\") == std::string("Mr Doe's lungs are clear").size());
    BOOST_TEST(obx(2) == "0.45");
    BOOST_TEST(obx(3) != "4711x");
    BOOST_TEST(obx(4) == "B12^Something^L");
    BOOST_TEST(obx(5) != "20200101");
    BOOST_TEST(obx(7).starts_with("1.2.3.4."));
    BOOST_TEST(obx(7) != "1.2.3.4.5.6.789");
    BOOST_TEST(changed.at("OBX", 3) == "71020&GDT^CHEST^CPT");
    BOOST_TEST(changed.at("OBR", 4).ends_with(" 2 VIEWS^CPT"));
    BOOST_TEST(changed.at("OBR", 4).find("CHEST") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(enclosed_documents_are_emptied) {
    // "%PDF-1.4 secret", "line one"
    const Changed changed(
        "MSH|^~\\&|RIS|H|G|R|20261123||MDM^T02|1|P|2.5.1\r"
        "OBX|1|ED|X^Y^L|1|RIS^Application^PDF^Base64^JVBERi0xLjQgc2VjcmV0\r"
        "OBX|2|ED|X^Y^L|2|RIS^TEXT^PLAIN^Base64^bGluZSBvbmU=\r");
    const auto data = [&](std::size_t n) {
        return from_base64(changed.message.front().segment("OBX", n).field(5).component(5).raw()).value_or("");
    };
    BOOST_TEST(data(1).starts_with("%PDF-1.4\n"));
    BOOST_TEST(data(1).find("secret") == std::string::npos);
    BOOST_TEST(data(2).size() == 8);
    BOOST_TEST(data(2)[4] == ' ');
    BOOST_TEST(data(2) != "line one");
    BOOST_TEST(changed.at("OBX", 5).starts_with("RIS^Application^PDF^Base64^"));
}

BOOST_AUTO_TEST_CASE(a_line_that_is_no_segment_is_text) {
    const Changed changed(
        "MSH|^~\\&|RIS|H|G|R|20261123||ORU^R01|1|P|2.5.1\rPID|||1||DOE^JO\nOBX|1|TX|X^Y^L|1|first line\n"
        "and Mr Doe|went on\nOBX|2|TX|X^Y^L|2|end\r");
    const auto& text = changed.result.messages.front();
    for (const auto* told : {"Mr", "went", "line", "and"}) BOOST_TEST(!changed.has(told), told << " in " << text);
    BOOST_TEST(text.find("|2|TX|X^Y^L|2|") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(early_versions_are_read_as_what_they_became) {
    const Changed changed(
        "MSH|^~\\&|HIS|H|G|R|19950101||ORM^O01|1|P|2.1\rPID|||4711^5^M10||DOE^JOHN||19500101|M\r"
        "ORC|NW|P77^HIS||||||^F|19950101|||12345^WELBY^MARCUS\r");
    BOOST_TEST(changed.at("ORC", 1) == "NW");
    BOOST_TEST(changed.at("PID", 8) == "M");
    BOOST_TEST(changed.at("PID", 3).ends_with("^5^M10"));
    BOOST_TEST(changed.at("ORC", 2).ends_with("^HIS"));
    for (const auto* told : {"4711", "DOE", "JOHN", "WELBY", "MARCUS", "12345"}) BOOST_TEST(!changed.has(told), told);
}

// --- every message of the corpus

bool says_something(const std::string& text) {
    return std::any_of(text.begin(), text.end(),
                       [](unsigned char c) { return std::isalpha(c) || (c >= '1' && c <= '9') || c >= 0x80; });
}

struct Leaf {
    std::string place, text;
};

std::vector<Leaf> leaves(const hl7::Segment& segment) {
    std::vector<Leaf> out;
    for (std::size_t n = 1; n <= segment.fields(); ++n) {
        std::size_t repetition = 0;
        for (const auto& one : segment.field(n).each_repetition()) {
            ++repetition;
            for (std::size_t c = 1; c <= 30; ++c) {
                for (std::size_t s = 1; s <= 12; ++s) {
                    const auto raw = one.component(c).subcomponent(s).raw();
                    if (raw.empty()) continue;
                    out.push_back({std::to_string(n) + "[" + std::to_string(repetition) + "]-" + std::to_string(c) +
                                       "." + std::to_string(s),
                                   std::string(raw)});
                }
            }
        }
    }
    return out;
}

// PID-5 family and given name, PID-3 id, PID-7 date, PID-11, PID-13, PID-19: at least four characters that say
// something.
std::vector<std::string> told_by(const hl7::Message& message) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < message.segments(); ++i) {
        const auto pid = message.segment(i);
        if (pid.id() != "PID") continue;
        auto add = [&](const hl7::Piece& piece) {
            const auto text = folded(piece.text());
            if (text.size() >= 4 && says_something(text)) out.push_back(text);
        };
        for (const auto& one : pid.field(5).each_repetition())
            for (const std::size_t c : {1, 2}) add(one.component(c).subcomponent(1));
        for (const auto& one : pid.field(3).each_repetition()) add(one.component(1).subcomponent(1));
        add(pid.field(7).component(1).subcomponent(1));
        for (const auto& one : pid.field(11).each_repetition())
            for (const std::size_t c : {1, 2, 3, 5, 8}) add(one.component(c).subcomponent(1));
        for (const auto& one : pid.field(13).each_repetition())
            for (const std::size_t c : {1, 4, 6, 7, 9, 12}) add(one.component(c).subcomponent(1));
        add(pid.field(19).component(1).subcomponent(1));
    }
    return out;
}

// What is as it was is a code, or a number of something; anything else must not hold what the original tells. In dates,
// four figures that happen to be somebody's number say nothing.
void check_nothing_told(const std::string& file, const hl7::Message& before, const hl7::Message& after,
                        const std::vector<std::string>& told, std::size_t& checked) {
    for (std::size_t i = 0; i < before.segments(); ++i) {
        const auto was = leaves(before.segment(i)), is = leaves(after.segment(i));
        BOOST_REQUIRE_MESSAGE(was.size() == is.size(), file << " " << before.segment(i).raw() << "\n"
                                                            << after.segment(i).raw());
        for (std::size_t n = 0; n < is.size(); ++n) {
            ++checked;
            if (is[n].text == was[n].text) continue;
            const auto text = folded(is[n].text);
            const bool date = hl7::moment(is[n].text).valid;
            for (const auto& value : told)
                if (date ? text.substr(0, value.size()) == value && value.size() >= 8
                         : text.find(value) != std::string::npos)
                    BOOST_ERROR(file << " " << before.segment(i).id() << "-" << is[n].place << ": " << value << " in "
                                     << text);
        }
    }
}

void check_person_replaced(const std::string& file, const hl7::Message& before, const hl7::Message& after) {
    for (std::size_t i = 0; i < before.segments(); ++i) {
        if (before.segment(i).id() != "PID") continue;
        const auto was = leaves(before.segment(i)), is = leaves(after.segment(i));
        for (std::size_t n = 0; n < is.size(); ++n) {
            const auto& [place, text] = was[n];
            const auto component = place.substr(place.find("]-") + 2);
            const auto in = [&](const char* field) { return place.starts_with(std::string(field) + "["); };
            const bool named = (in("3") && component == "1.1") ||
                               (in("5") && (component == "1.1" || component == "2.1")) || in("7") ||
                               (in("11") && (component == "1.1" || component == "3.1" || component == "5.1")) ||
                               (in("13") && component == "1.1") || (in("19") && component == "1.1");
            if (named && text != "\"\"" && text.size() >= 4 && says_something(text) && text[0] != '\\')
                BOOST_TEST(is[n].text != text, file << " PID-" << place << ": " << text);
        }
    }
}

BOOST_AUTO_TEST_CASE(no_patient_of_the_corpus_is_left) {
    std::size_t messages = 0, values = 0, checked = 0;
    for (const auto& [file, bytes] : hl7_corpus()) {
        std::vector<hl7::Message> originals;
        for (const auto& one : hl7::split_batch(bytes).messages)
            if (auto message = hl7::Message::parse(hl7::decode(std::string(one)).utf8))
                originals.push_back(std::move(*message));
        if (originals.empty()) continue;
        const auto result = deidentified(originals, {});
        BOOST_TEST((deidentified(originals, {}).messages == result.messages), file);
        BOOST_REQUIRE_EQUAL(result.messages.size(), originals.size());
        std::vector<std::string> told;
        for (const auto& message : originals)
            for (auto& value : told_by(message)) told.push_back(std::move(value));
        values += told.size();
        for (std::size_t i = 0; i < originals.size(); ++i) {
            const auto after = hl7::Message::parse(result.messages[i]);
            BOOST_REQUIRE_MESSAGE(after.ok(), file);
            BOOST_REQUIRE_EQUAL(after->segments(), originals[i].segments());
            for (std::size_t s = 0; s < after->segments(); ++s)
                if (originals[i].segment(s).id().size() == 3)  // else a line that is no segment
                    BOOST_TEST(after->segment(s).id() == originals[i].segment(s).id(), file);
            check_nothing_told(file, originals[i], *after, told, checked);
            check_person_replaced(file, originals[i], *after);
            ++messages;
        }
    }
    BOOST_TEST_MESSAGE(messages << " messages, " << values << " values of persons, " << checked << " values compared");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace gantry::structures
