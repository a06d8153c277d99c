#include "fhir/resources/moments.hpp"

#include <boost/test/unit_test.hpp>

#include "records.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;

namespace {

std::string at_site(std::string_view moment) {
    return date_time_of(moment, &berlin());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(moments)

BOOST_AUTO_TEST_CASE(keep_their_precision) {
    BOOST_TEST(at_site("20261123") == "2026-11-23");
    BOOST_TEST(at_site("202611230900") == "2026-11-23T09:00:00+01:00");
    BOOST_TEST(at_site("20261123090059") == "2026-11-23T09:00:59+01:00");
    BOOST_TEST(date_of("20240229") == "2024-02-29");
}

BOOST_AUTO_TEST_CASE(without_an_offset_are_in_the_zone) {
    BOOST_TEST(at_site("20260701120000") == "2026-07-01T12:00:00+02:00");
    BOOST_TEST(at_site("20261025023000") == "2026-10-25T02:30:00+02:00");  // twice: the first
    BOOST_TEST(at_site("20260329023000") == "2026-03-29T02:30:00+01:00");  // never: as before the change
    BOOST_TEST(date_time_of("20260701120000", nullptr) == "2026-07-01T12:00:00Z");
}

BOOST_AUTO_TEST_CASE(keep_the_offset_that_was_sent) {
    BOOST_TEST(at_site("20260701120000-0530") == "2026-07-01T12:00:00-05:30");
    BOOST_TEST(at_site("202607011200+1400") == "2026-07-01T12:00:00+14:00");
    BOOST_TEST(at_site("202607011200+1401") == "2026-07-01");
    BOOST_TEST(at_site("20260701+0100") == "2026-07-01");
}

BOOST_AUTO_TEST_CASE(that_are_none) {
    for (const auto* none : {"", "Y", "2026", "202611", "20261", "20260230", "00001231", "20261301", "2026112325",
                             "202611232500", "202611230960", "20261123090060", "2026-11-23", "2026112309x0", "+0100"})
        BOOST_TEST(at_site(none).empty(), none);
    BOOST_TEST(date_of("202611230900").empty());
    BOOST_TEST(at_site("202607011200+01") == "2026-07-01");
    BOOST_TEST(at_site("202607011200+01x0") == "2026-07-01");
}

BOOST_AUTO_TEST_CASE(of_the_engine) {
    BOOST_TEST(instant_of({0}) == "1970-01-01T00:00:00.000Z");
    BOOST_TEST(instant_of(changed_at) == "2026-11-29T08:00:00.123Z");
    BOOST_TEST(instant_of({-1}) == "1969-12-31T23:59:59.999Z");
    BOOST_TEST(instant_of({1'709'251'199'999'999}) == "2024-02-29T23:59:59.999Z");
}

BOOST_AUTO_TEST_SUITE_END()
