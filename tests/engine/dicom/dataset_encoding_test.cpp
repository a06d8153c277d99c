#include "engine/dicom/dataset_encoding.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/dicom/dcmtk/dataset_codec.hpp"
#include "engine/dicom/tags.hpp"
#include "engine/dicom/worklist_answer.hpp"
#include "tests/engine/dicom/sample_rows.hpp"

using namespace gantry::dicom;
using gantry::effects::OrderField;
using gantry::effects::PatientField;

namespace {

constexpr const char* implicit_syntax = "1.2.840.10008.1.2";
constexpr const char* explicit_syntax = "1.2.840.10008.1.2.1";

// One line per value, as DCMTK reads them.
std::string listed(const Dataset& dataset, const std::string& indent = {}) {
    std::string out;
    for (const auto& element : dataset.elements) {
        out += indent + to_text(element.tag) + " " + std::string(element.vr.text()) + " [" +
               std::string(trimmed(element.value)) + "]\n";
        for (const auto& item : element.items) out += indent + "  item\n" + listed(item, indent + "    ");
    }
    return out;
}

// What is written is what DCMTK reads, with the elements sorted.
Dataset sorted(Dataset dataset) {
    std::stable_sort(dataset.elements.begin(), dataset.elements.end(),
                     [](const Element& a, const Element& b) { return a.tag < b.tag; });
    for (auto& element : dataset.elements) {
        for (auto& item : element.items) item = sorted(std::move(item));
    }
    return dataset;
}

void check_both(const Dataset& dataset, TextEncoder& encoder) {
    auto expected = sorted(dataset);
    if (const auto term = encoder.attribute_value(); !term.empty())
        expected.elements.insert(expected.elements.begin(), {tags::SpecificCharacterSet, "CS", term, {}});
    for (const bool is_explicit : {false, true}) {
        const auto bytes = encoded(dataset, encoder, is_explicit ? Encoding::explicit_vr : Encoding::implicit_vr);
        BOOST_TEST(bytes.size() % 2 == 0);
        const auto read = parse_dataset(bytes, is_explicit ? explicit_syntax : implicit_syntax);
        BOOST_REQUIRE(read.has_value());
        BOOST_TEST(listed(*read) == listed(expected));
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dicom_dataset_encoding)

BOOST_AUTO_TEST_CASE(dcmtk_reads_every_attribute_of_an_answer) {
    auto row = samples::row("MÜLLER^JÖRG");
    row.identifiers.push_back({"200", "OTHER&2.16.1&ISO", "PI"});
    row.order_fields[OrderField::accession_issuer] = "RIS&1.2.3&ISO";
    row.order_fields[OrderField::procedure_code] = "A-CODE-OF-MORE-THAN-16";
    row.order_fields[OrderField::weight] = "71.5";
    row.order_fields[OrderField::pregnancy_status] = "3";
    row.order_fields[OrderField::comments] = "first line\nsecond";
    row.patient_fields[PatientField::allergies] = "PENICILLIN\\LATEX";
    TextEncoder latin("ISO_IR 100"), unicode("ISO_IR 192");
    const auto answer = worklist_answer(row, {}, "CT01").dataset;
    check_both(answer, latin);
    check_both(answer, unicode);
}

BOOST_AUTO_TEST_CASE(keys_nobody_knows_come_back_in_any_representation) {
    TextEncoder ascii("");
    Dataset dataset;
    for (const auto* vr : {"OB", "OW", "UN", "UT", "AT", "FD", "SL", "UI", "LO"})
        dataset.elements.push_back(
            {{0x0029, static_cast<std::uint16_t>(0x1000 + dataset.elements.size())}, Vr({vr[0], vr[1], 0}), {}, {}});
    const auto bytes = encoded(dataset, ascii, Encoding::explicit_vr);
    const auto read = parse_dataset(bytes, explicit_syntax);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->elements.size() == dataset.elements.size());
    BOOST_TEST(encoded({{{{0x0029, 0x1000}, "??", {}, {}}}}, ascii, Encoding::explicit_vr) ==
               std::string("\x29\0\0\x10UN\0\0\0\0\0\0", 12));
}

BOOST_AUTO_TEST_CASE(values_are_even_and_padded_as_their_representation_wants) {
    TextEncoder ascii("");
    const auto value = [&](Tag tag, Vr vr, const std::string& text) {
        return encoded({{{tag, vr, text, {}}}}, ascii, Encoding::implicit_vr).substr(8);
    };
    BOOST_TEST(value(tags::StudyInstanceUID, "UI", "1.2.3") == std::string("1.2.3\0", 6));
    BOOST_TEST(value(tags::AccessionNumber, "SH", "A12") == "A12 ");
    BOOST_TEST(value(tags::PregnancyStatus, "US", "3") == std::string("\3\0", 2));
    BOOST_TEST(value(tags::PregnancyStatus, "US", "") == "");
}

BOOST_AUTO_TEST_SUITE_END()
