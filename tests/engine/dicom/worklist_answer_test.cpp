#include "engine/dicom/worklist_answer.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/dicom/character_set.hpp"
#include "engine/dicom/tags.hpp"
#include "engine/dicom/wire_text.hpp"
#include "engine/dicom/worklist_attributes.hpp"
#include "tests/engine/dicom/sample_rows.hpp"

using namespace gantry::dicom;
using gantry::effects::OrderField;
using gantry::effects::PatientField;
using gantry::effects::StepField;

namespace {

Answer answer(const gantry::effects::WorklistRow& row, const Dataset& keys = {}) {
    return worklist_answer(row, keys, "CALLER");
}

const Dataset& step_of(const Answer& answer) {
    const Element* sequence = answer.dataset.find(tags::ScheduledProcedureStepSequence);
    BOOST_REQUIRE(sequence);
    BOOST_REQUIRE(sequence->items.size() == 1);
    return sequence->items.front();
}

Element key(Tag tag, Vr vr = "LO") {
    return {tag, vr, {}, {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(worklist_answer_building)

BOOST_AUTO_TEST_CASE(an_empty_query_gets_everything) {
    const auto whole = answer(samples::row());
    BOOST_TEST(whole.missing.empty());
    BOOST_TEST(!whole.unsupported_key);
    for (const auto& attribute : root_attributes()) {
        const Element* element = whole.dataset.find(attribute.tag);
        if (attribute.type != KeyType::type_3) BOOST_TEST(element, attribute.keyword.text());
        if (attribute.type == KeyType::type_1) BOOST_TEST(!element->value.empty(), attribute.keyword.text());
    }
    for (const auto& attribute : step_attributes()) {
        if (attribute.type == KeyType::type_1) BOOST_TEST(!step_of(whole).value(attribute.tag).empty());
    }
    BOOST_TEST(whole.dataset.value(tags::PatientName) == "SMITH^JOHN");
    BOOST_TEST(whole.dataset.value(tags::RequestedProcedurePriority) == "HIGH");
    BOOST_TEST(whole.dataset.value(tags::RequestedProcedureDescription) == "CT of the head");
    BOOST_TEST(step_of(whole).value(tags::ScheduledProcedureStepStartTime) == "093000");
    BOOST_TEST(step_of(whole).value(tags::ScheduledProcedureStepStatus) == "SCHEDULED");
}

BOOST_AUTO_TEST_CASE(a_key_asked_is_a_key_returned) {
    const Tag unknown{0x0009, 0x1001};
    Dataset keys{{key(tags::PatientName, "PN"),
                  key(tags::PatientState),
                  key(unknown, "UN"),
                  {tags::ScheduledProcedureStepSequence,
                   "SQ",
                   {},
                   {{{key(tags::Modality, "CS"), key({0x0040, 0x0004}, "DA")}}}}}};
    const auto result = answer(samples::row(), keys);
    BOOST_TEST(result.unsupported_key);
    BOOST_TEST(result.dataset.elements.size() == 4u);
    BOOST_TEST(result.dataset.find(unknown)->value.empty());
    BOOST_TEST(result.dataset.find(tags::PatientState)->value.empty());
    BOOST_TEST(step_of(result).elements.size() == 2u);
    BOOST_TEST(step_of(result).value(tags::Modality) == "CT");
}

BOOST_AUTO_TEST_CASE(an_empty_item_an_empty_sequence_or_none_gets_the_whole_step) {
    const Element none = key(tags::PatientID);
    const auto size = step_of(answer(samples::row())).elements.size();
    const Element empty_sequence{tags::ScheduledProcedureStepSequence, "SQ", {}, {}};
    const Element empty_item{tags::ScheduledProcedureStepSequence, "SQ", {}, {Dataset()}};
    BOOST_TEST(step_of(answer(samples::row(), {{none, empty_sequence}})).elements.size() == size);
    BOOST_TEST(step_of(answer(samples::row(), {{none, empty_item}})).elements.size() == size);
    BOOST_TEST(step_of(answer(samples::row(), {{none}})).elements.size() == size);
}

BOOST_AUTO_TEST_CASE(keys_of_the_step_at_the_root_are_answered_there_too) {
    const auto result = answer(samples::row(), {{key(tags::Modality, "CS")}});
    BOOST_TEST(result.dataset.value(tags::Modality) == "CT");
    BOOST_TEST(step_of(result).value(tags::Modality) == "CT");
    BOOST_TEST(!result.unsupported_key);
}

BOOST_AUTO_TEST_CASE(keys_of_the_root_in_the_step_are_answered_there_too) {
    const Dataset step{{key(tags::PatientName, "PN"), key(tags::AnatomicalOrientationType, "CS")}};
    const auto result = answer(samples::row(), {{{tags::ScheduledProcedureStepSequence, "SQ", {}, {step}}}});
    BOOST_TEST(step_of(result).value(tags::PatientName) == "SMITH^JOHN");
    BOOST_TEST(step_of(result).elements.size() == 2u);
    BOOST_TEST(!result.unsupported_key);
}

BOOST_AUTO_TEST_CASE(untimed_steps_have_a_date_and_a_time) {
    auto row = samples::row();
    row.step_fields[StepField::start_date].clear();
    row.step_fields[StepField::start_time].clear();
    row.shown_date = "20261125";
    const auto result = answer(row);
    BOOST_TEST(step_of(result).value(tags::ScheduledProcedureStepStartDate) == "20261125");
    BOOST_TEST(step_of(result).value(tags::ScheduledProcedureStepStartTime) == "000000");
}

BOOST_AUTO_TEST_CASE(a_missing_station_is_the_caller_and_reported) {
    auto row = samples::row();
    row.step_fields[StepField::station_ae].clear();
    const auto result = answer(row);
    BOOST_TEST(step_of(result).value(tags::ScheduledStationAETitle) == "CALLER");
    BOOST_REQUIRE(result.missing.size() == 1u);
    BOOST_TEST(result.missing[0].text() == "ScheduledStationAETitle");
}

BOOST_AUTO_TEST_CASE(codes_have_a_scheme_and_are_never_cut) {
    auto row = samples::row();
    auto codes = answer(row).dataset.find(tags::RequestedProcedureCodeSequence)->items;
    BOOST_REQUIRE(codes.size() == 1u);
    BOOST_TEST(codes[0].value(tags::CodeValue) == "CTHEAD");
    BOOST_TEST(codes[0].value(tags::CodingSchemeDesignator) == "99LOCAL");
    BOOST_TEST(codes[0].value(tags::CodeMeaning) == "CT of the head");
    const auto result = answer(row);
    BOOST_TEST(step_of(result).find(tags::ScheduledProtocolCodeSequence)->items[0].value(tags::CodeValue) == "CTHEAD");
    row.order_fields[OrderField::procedure_code] = "A-CODE-OF-MORE-THAN-16";
    codes = answer(row).dataset.find(tags::RequestedProcedureCodeSequence)->items;
    BOOST_TEST(codes[0].value(tags::LongCodeValue) == "A-CODE-OF-MORE-THAN-16");
    BOOST_TEST(!codes[0].find(tags::CodeValue));
}

BOOST_AUTO_TEST_CASE(issuers_and_identifiers) {
    auto row = samples::row();
    row.order_fields[OrderField::accession_issuer] = "RIS&1.2.3&ISO";
    row.order_fields[OrderField::placer_authority] = "HIS";
    row.identifiers.push_back({"200", "OTHER&2.16.1&ISO", "PI"});
    const auto result = answer(row);
    const auto& issuer = result.dataset.find(tags::IssuerOfAccessionNumberSequence)->items.at(0);
    BOOST_TEST(issuer.value(tags::LocalNamespaceEntityID) == "RIS");
    BOOST_TEST(issuer.value(tags::UniversalEntityID) == "1.2.3");
    BOOST_TEST(issuer.value(tags::UniversalEntityIDType) == "ISO");
    BOOST_TEST(
        result.dataset.find(tags::OrderPlacerIdentifierSequence)->items.at(0).value(tags::LocalNamespaceEntityID) ==
        "HIS");
    BOOST_TEST(result.dataset.value(tags::PatientID) == "100001");
    BOOST_TEST(result.dataset.value(tags::IssuerOfPatientID) == "HOSP");
    BOOST_TEST(result.dataset.value(tags::OtherPatientIDs) == "200");
    const auto& others = result.dataset.find(tags::OtherPatientIDsSequence)->items;
    BOOST_REQUIRE(others.size() == 2u);
    BOOST_TEST(others[1].value(tags::IssuerOfPatientID) == "OTHER");
    BOOST_TEST(others[1].find(tags::IssuerOfPatientIDQualifiersSequence)->items[0].value(tags::UniversalEntityID) ==
               "2.16.1");
}

BOOST_AUTO_TEST_CASE(long_values_are_cut_for_the_wire_and_reported) {
    auto row = samples::row();
    row.order_fields[OrderField::reason] = std::string(70, 'x');
    const auto result = answer(row);
    BOOST_TEST(result.dataset.value(tags::ReasonForTheRequestedProcedure).size() == 64u);
    BOOST_REQUIRE(result.shortened.size() == 1u);
    BOOST_TEST(result.shortened[0].text() == "ReasonForTheRequestedProcedure");
}

BOOST_AUTO_TEST_CASE(an_allergy_is_never_cut) {
    auto row = samples::row();
    std::string words;
    for (int i = 0; i < 30; ++i) words += "penicillin ";
    row.patient_fields[PatientField::allergies] = words + "\nlatex";
    const auto result = answer(row);
    const auto values = values_of(result.dataset.value(tags::Allergies));
    std::size_t count = 0;
    for (const auto& value : values) {
        BOOST_TEST(value.size() <= 64u);
        for (auto at = value.find("penicillin"); at != std::string::npos; at = value.find("penicillin", at + 1))
            ++count;
    }
    BOOST_TEST(count == 30u);
    BOOST_TEST(values.back() == "latex");
    BOOST_TEST(result.shortened.empty());
}

BOOST_AUTO_TEST_CASE(values_keep_to_their_representation) {
    BOOST_TEST(wire_text("LO", "a\\b\r\nc").value == "a/b  c");
    BOOST_TEST(wire_text("LT", "a\\b\nc").value == "a\\b\r\nc");
    BOOST_TEST(wire_text("SH",
                         "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3"
                         "\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4")
                   .shortened == false);
    BOOST_TEST(wire_text("PN", "A^B^C^D^E^F=G=H=I").value == "A^B^C^D^E F=G=H");
    BOOST_TEST(wire_text("PN", "A^B^^^==").value == "A^B");
    BOOST_TEST(wire_text("DA", "1970").value.empty());
    BOOST_TEST(wire_text("DS", "heavy").value.empty());
    BOOST_TEST(wire_text("UI", "1.2.x").value.empty());
}

BOOST_AUTO_TEST_CASE(the_character_set_is_the_first_that_can_say_it) {
    const auto chosen = [](const std::string& name, const std::vector<std::string>& readable = {}) {
        return ReadableSets(readable).choose({{{tags::PatientName, "PN", name, {}}}}).attribute_value();
    };
    BOOST_TEST(chosen("SMITH") == "");
    BOOST_TEST(chosen("MüLLER") == "ISO_IR 100");
    BOOST_TEST(chosen("Łódź") == "ISO_IR 192");
    BOOST_TEST(chosen("Łódź", {"ISO_IR 100", "ISO_IR 101"}) == "ISO_IR 101");
    BOOST_TEST(chosen("Łódź", {"ISO_IR 100"}) == "ISO_IR 100");
    BOOST_TEST(chosen("山田", {"ISO_IR 100", "ISO 2022 IR 87"}) == "\\ISO 2022 IR 87");
    BOOST_TEST(chosen("Люксембург", {"ISO_IR 101", "ISO_IR 144"}) == "ISO_IR 144");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_said_is_said_in_latin_letters) {
    TextEncoder latin("ISO_IR 100"), ascii("");
    BOOST_TEST(latin.can_say("MüLLER"));
    BOOST_TEST(!latin.can_say("Łódź"));
    BOOST_TEST(latin.encode("MüLLER") == "M\xFCLLER");
    BOOST_TEST(latin.encode("Łódź") ==
               "L\xF3"
               "dz");
    BOOST_TEST(ascii.encode("Straße") == "Strasse");
    BOOST_TEST(ascii.encode("Люксембург^Иван") == "Luksemburg^Ivan");
    BOOST_TEST(ascii.encode("Διονυσιος") == "Dionysios");
    BOOST_TEST(ascii.encode("홍^길동") == "hong^gildong");
    BOOST_TEST(ascii.encode("\U0001F600 A") == "? A");
    for (const auto* name : {"שרון^דבורה", "قباني^لنزار", "สมชาย^ใจดี"}) {
        const auto spelled = ascii.encode(name);
        BOOST_TEST(spelled.find('?') == std::string::npos, spelled);
        BOOST_TEST(spelled.find('^') > 2u, spelled);
    }
    BOOST_TEST(TextEncoder("no such term").encode("Ü") == "U");
    BOOST_TEST(!TextEncoder("no such term").known());
}

BOOST_AUTO_TEST_CASE(a_name_keeps_only_the_groups_that_can_be_said) {
    TextEncoder latin("ISO_IR 100"), japanese("ISO 2022 IR 87");
    BOOST_TEST(latin.encode_name("Yamada^Tarou=山田^太郎=やまだ^たろう") == "Yamada^Tarou");
    BOOST_TEST(latin.encode_name("Müller^J=Muller^J") == "M\xFCller^J=Muller^J");
    // No alphabetic group: the phonetic one says how it sounds.
    BOOST_TEST(latin.encode_name("=山田^太郎=やまだ^たろう") == "yamada^tarou");
    BOOST_TEST(latin.encode_name("=王^小东") == "wang^xiao dong");
    BOOST_TEST(japanese.encode_name("=山田").starts_with("=\x1b$B"));
    BOOST_TEST(latin.encode_name("A=山田\\B=山") == "A\\B");
}

BOOST_AUTO_TEST_CASE(every_set_that_may_be_configured_is_known) {
    for (const auto& term : known_character_sets()) {
        TextEncoder set(term);
        BOOST_TEST(set.known(), term);
        BOOST_TEST(set.can_say("SMITH^JOHN"), term);
        BOOST_TEST(set.encode("SMITH^JOHN") == "SMITH^JOHN", term);
    }
}

BOOST_AUTO_TEST_CASE(japanese_and_korean_by_code_extensions) {
    // PS3.5 H.3.1 and I.2
    TextEncoder japanese("ISO 2022 IR 87");
    BOOST_TEST(japanese.attribute_value() == "\\ISO 2022 IR 87");
    BOOST_TEST(japanese.encode("Yamada^Tarou=山田^太郎") == "Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B");
    // PS3.5 H.3.2
    TextEncoder katakana("ISO 2022 IR 13\\ISO 2022 IR 87");
    BOOST_TEST(katakana.attribute_value() == "ISO 2022 IR 13\\ISO 2022 IR 87");
    BOOST_TEST(katakana.encode("ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎") ==
               "\xD4\xCF\xC0\xDE^\xC0\xDB\xB3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J");
    TextEncoder korean("ISO 2022 IR 149");
    BOOST_TEST(korean.encode("Hong^Gildong=洪^吉洞") == "Hong^Gildong=\x1b$)C\xFB\xF3^\x1b$)C\xD1\xCE\xD4\xD7");
}

BOOST_AUTO_TEST_SUITE_END()
