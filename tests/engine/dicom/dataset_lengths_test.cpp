#include "engine/dicom/dcmtk/dataset_lengths.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/dicom/dcmtk/dataset_codec.hpp"
#include "engine/dicom/worklist_answer.hpp"
#include "tests/engine/dicom/sample_rows.hpp"

using namespace gantry::dicom;

namespace {

std::string bytes(std::string_view text) {
    return std::string(text);
}
#define BYTES(text) bytes(std::string_view(text, sizeof(text) - 1))

const std::string item = BYTES("\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF"), item_end = BYTES("\xFE\xFF\x0D\xE0\0\0\0\0"),
                  sequence_end = BYTES("\xFE\xFF\xDD\xE0\0\0\0\0"),
                  sequence = BYTES("\x40\x00\x00\x01\xFF\xFF\xFF\xFF"),
                  modality = BYTES("\x08\x00\x60\x00\x02\0\0\0CT");

bool fits(const std::string& implicit) {
    return lengths_fit(implicit, Encoding::implicit_vr);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dataset_lengths)

BOOST_AUTO_TEST_CASE(what_we_write_fits) {
    const auto answer = worklist_answer(samples::row(), {}, "CT01").dataset;
    TextEncoder encoder("ISO_IR 192");
    for (const auto encoding : {Encoding::implicit_vr, Encoding::explicit_vr}) {
        const auto whole = encoded(answer, encoder, encoding);
        BOOST_TEST(lengths_fit(whole, encoding));
        BOOST_TEST(!lengths_fit(whole.substr(0, whole.size() - 1), encoding));
    }
    BOOST_TEST(fits(""));
}

BOOST_AUTO_TEST_CASE(a_value_that_claims_gigabytes_is_not_believed) {
    const auto claim = BYTES("\xEC\xE0\xEC\xE0\x71\xE0\xE0\xE0\xE0\xF0");
    BOOST_TEST(!fits(claim));
    BOOST_TEST(!parse_dataset(claim, "1.2.840.10008.1.2").has_value());
    BOOST_TEST(!lengths_fit(BYTES("\x08\0\x60\0OB\0\0\xFF\xFF\xFF\x7F"), Encoding::explicit_vr));
    BOOST_TEST(!lengths_fit(BYTES("\x08\0\x60\0CS\xFF\xFF"), Encoding::explicit_vr));
}

BOOST_AUTO_TEST_CASE(sequences_of_undefined_length_end_with_their_delimiters) {
    BOOST_TEST(fits(sequence + item + modality + item_end + sequence_end));
    BOOST_TEST(fits(sequence + sequence_end + modality));
    BOOST_TEST(!fits(sequence + item + modality + item_end));
    BOOST_TEST(!fits(sequence + item + modality + sequence_end));
    BOOST_TEST(!fits(sequence + modality + sequence_end));
    BOOST_TEST(!fits(item_end));
    BOOST_TEST(!fits(item));
}

BOOST_AUTO_TEST_CASE(a_sequence_of_known_length_is_looked_into) {
    const auto inside = BYTES("\xFE\xFF\x00\xE0\x0A\0\0\0") + modality;
    BOOST_TEST(fits(BYTES("\x40\0\0\x01\x12\0\0\0") + inside));
    BOOST_TEST(!fits(BYTES("\x40\0\0\x01\x13\0\0\0") + inside));
    BOOST_TEST(!fits(BYTES("\x40\0\0\x01\x12\0\0\0\xFE\xFF\x00\xE0\x0B\0\0\0") + modality));
}

BOOST_AUTO_TEST_CASE(a_value_representation_is_one_of_the_standard) {
    BOOST_TEST(lengths_fit(BYTES("\x08\0\x60\0CS\x02\0CT"), Encoding::explicit_vr));
    BOOST_TEST(!lengths_fit(BYTES("\x08\0\x60\0??\x02\0CT"), Encoding::explicit_vr));
    // UN of undefined length is written in implicit VR inside.
    BOOST_TEST(lengths_fit(BYTES("\x09\0\x10\x10UN\0\0\xFF\xFF\xFF\xFF") + item + modality + item_end + sequence_end,
                           Encoding::explicit_vr));
}

BOOST_AUTO_TEST_CASE(nesting_has_an_end) {
    const auto nested = [](int levels) {
        std::string out;
        for (int i = 0; i < levels; ++i) out += sequence + item;
        for (int i = 0; i < levels; ++i) out += item_end + sequence_end;
        return out;
    };
    BOOST_TEST(fits(nested(16)));
    BOOST_TEST(!fits(nested(17)));
    BOOST_TEST(!fits(nested(100'000)));
}

BOOST_AUTO_TEST_SUITE_END()
