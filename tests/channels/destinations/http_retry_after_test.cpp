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
