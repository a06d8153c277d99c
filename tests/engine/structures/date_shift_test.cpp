#include "engine/structures/date_shift.hpp"

#include <boost/test/unit_test.hpp>

namespace gantry::structures {
namespace {

std::string moment(std::string_view text, int days) {
    return shifted_moment(text, days).value_or("nothing");
}

std::string in_text(std::string_view text, int days) {
    const auto found = shifted_date_in_text(text, days);
    return found.length == 0 ? "nothing" : found.shifted + "|" + std::string(text.substr(found.length));
}

BOOST_AUTO_TEST_SUITE(date_shift)

BOOST_AUTO_TEST_CASE(moments_keep_their_precision_time_and_offset) {
    BOOST_TEST(moment("20260301", -1) == "20260228");
    BOOST_TEST(moment("20240301", -1) == "20240229");
    BOOST_TEST(moment("20260301093000.123+0100", -1) == "20260228093000.123+0100");
    BOOST_TEST(moment("202603010930", -7) == "202602220930");
    BOOST_TEST(moment("2026-03-01T09:30:00Z", -1) == "2026-02-28T09:30:00Z");
    BOOST_TEST(moment("1961", -371) == "1960");
    BOOST_TEST(moment("196104", -371) == "196004");
    BOOST_TEST(moment("20260230", -1) == "nothing");
    BOOST_TEST(moment("unknown", -1) == "nothing");
    BOOST_TEST(moment("", -1) == "nothing");
}

BOOST_AUTO_TEST_CASE(dates_in_texts_keep_how_they_are_written) {
    BOOST_TEST(in_text("20260301.", -1) == "20260228|.");
    BOOST_TEST(in_text("2026-03-01 and", -1) == "2026-02-28| and");
    BOOST_TEST(in_text("01.03.2026", -1) == "28.02.2026|");
    BOOST_TEST(in_text("1.3.2026", -1) == "28.2.2026|");
    BOOST_TEST(in_text("03/01/2026", -1) == "02/28/2026|");
    BOOST_TEST(in_text("31/03/2026", -1) == "30/03/2026|");
    BOOST_TEST(in_text("20260301103000", -1) == "20260228103000|");
    for (const auto* no :
         {"20261301", "202603011", "20260301a", "3.5.1", "1.2.840.10008", "10-20-30", "12345678", "99/99/2026"})
        BOOST_TEST(in_text(no, -1) == "nothing", no);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace gantry::structures
