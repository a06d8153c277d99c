#include "engine/net/http_date.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::net;

BOOST_AUTO_TEST_SUITE(net_http_date)

BOOST_AUTO_TEST_CASE(dates_are_read_strictly) {
    const auto micros = [](const char* text) {
        const auto at = read_http_date(text);
        return at ? at->micros : -1;
    };
    BOOST_TEST(micros("Sun, 06 Nov 1994 08:49:37 GMT") == 784'111'777'000'000);
    BOOST_TEST(micros("Thu, 01 Jan 1970 00:00:00 GMT") == 0);
    BOOST_TEST(micros("Tue, 29 Feb 2028 23:59:60 GMT") == 1'835'481'600'000'000);
    for (const auto* wrong :
         {"", "120", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sunday, 06-Nov-94 08:49:37 GMT",
          "Sun Nov  6 08:49:37 1994", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nix 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMTx"})
        BOOST_TEST_CONTEXT(wrong) BOOST_TEST(micros(wrong) == -1);
}

BOOST_AUTO_TEST_CASE(dates_are_written_as_they_are_read) {
    constexpr Instant monday{1'795'424'400'000'000};
    BOOST_TEST(http_date(monday) == "Mon, 23 Nov 2026 09:00:00 GMT");
    BOOST_TEST(http_date({0}) == "Thu, 01 Jan 1970 00:00:00 GMT");
    BOOST_CHECK(read_http_date(http_date(monday)) == monday);
}

BOOST_AUTO_TEST_SUITE_END()
