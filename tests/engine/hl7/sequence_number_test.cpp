#include "engine/hl7/sequence_number.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/hl7/acknowledgment.hpp"

using namespace gantry::hl7;

BOOST_AUTO_TEST_SUITE(hl7_sequence_number)

BOOST_AUTO_TEST_CASE(msh_13_is_set_and_every_other_byte_stays) {
    const struct {
        std::string before, after;
    } rows[] = {
        {"MSH|^~\\&|A|B|C|D|1||ORM^O01|M1|P|2.5.1\rPID|1\r", "MSH|^~\\&|A|B|C|D|1||ORM^O01|M1|P|2.5.1|7\rPID|1\r"},
        {"MSH|^~\\&|A|B|C|D|1||ORM^O01|M1|P|2.5.1|3|x|AL\r", "MSH|^~\\&|A|B|C|D|1||ORM^O01|M1|P|2.5.1|7|x|AL\r"},
        {"MSH#^~\\&#A\nPID#1\n", "MSH#^~\\&#A##########7\nPID#1\n"},
        {"\r\n MSH|^~\\&|A", "\r\n MSH|^~\\&|A||||||||||7"},
        {"PID|1\r", "PID|1\r"},
        {"MSH", "MSH"},
        {"", ""},
    };
    for (const auto& row : rows) BOOST_TEST(with_sequence_number(row.before, 7) == row.after);
}

BOOST_AUTO_TEST_CASE(a_link_starts_with_the_number_0_in_original_mode) {
    BOOST_TEST(link_start("MSH|^~\\&|A|B|C|D|1|secret|ORM^O01|M1|P|2.5.1|7||AL|AL\rPID|1\r", "SN1", "2026") ==
               "MSH|^~\\&|A|B|C|D|2026||ORM^O01|SN1|P|2.5.1|0\r");
    BOOST_TEST(link_start("PID|1", "SN1", "2026").empty());
}

BOOST_AUTO_TEST_CASE(an_acknowledgment_may_name_the_number_it_expects) {
    const auto expected = [](const std::string& msa_4) {
        return read_acknowledgments("MSH|^~\\&|C\rMSA|AA|M1||" + msa_4 + "\r").front().expected_number;
    };
    BOOST_TEST(expected("7").value() == 7);
    BOOST_TEST(expected(" -1 ").value() == -1);
    for (const auto* none : {"", "x", "7x", "99999999999999999999"}) BOOST_TEST(!expected(none));
}

BOOST_AUTO_TEST_CASE(an_acknowledgment_as_short_text_is_read_again) {
    for (const auto* code : {"AA", "AE", "AR", "CA", "CE", "CR"}) {
        const auto again = acknowledgment_of(to_text({code, "M1", 207}));
        BOOST_TEST(again.code == code);
        BOOST_TEST(again.condition == 207);
    }
    BOOST_TEST(acknowledgment_of(to_text({"a patient's name", "", 0})).code == "??");
    BOOST_TEST(acknowledgment_of("").code.empty());
}

BOOST_AUTO_TEST_SUITE_END()
