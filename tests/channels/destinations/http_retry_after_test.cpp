#include "channels/destinations/http_retry_after.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::channels;

namespace {

std::int64_t asked(const std::string& value, const std::string& date = {}) {
    net::HttpResponse response{503, {{"retry-after", value}}, {}};
    if (!date.empty()) response.headers.emplace_back("DATE", date);
    return retry_after(response).count();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_http_retry_after)

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

BOOST_AUTO_TEST_CASE(seconds_count_from_now_and_dates_from_the_date_of_the_answer) {
    const std::string at = "Sun, 06 Nov 1994 08:49:37 GMT";
    BOOST_TEST(asked("120") == 120);
    BOOST_TEST(asked("Sun, 06 Nov 1994 08:51:37 GMT", at) == 120);
    BOOST_TEST(asked("Sun, 06 Nov 1994 08:49:00 GMT", at) == 0);
    BOOST_TEST(asked("Sun, 06 Nov 1994 08:51:37 GMT") == 0);
    BOOST_TEST(asked("Sun, 06 Nov 1994 08:51:37 GMT", "yesterday") == 0);
    for (const auto* wrong : {"", "-1", "12s", "99999999999999", "soon"}) BOOST_TEST(asked(wrong, at) == 0);
    BOOST_TEST(retry_after({200, {}, {}}).count() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
