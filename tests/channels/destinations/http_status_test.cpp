#include "channels/destinations/http_status.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::channels;

namespace {

std::string word(int status, const StatusActions& actions = {}) {
    static constexpr const char* words[] = {"delivered", "retry", "refused", "held", "in doubt", "away"};
    return words[static_cast<std::size_t>(status_verdict(status, actions))];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_http_status)

BOOST_AUTO_TEST_CASE(every_status_has_one_end) {
    const std::pair<const char*, std::vector<int>> table[] = {
        {"delivered", {200, 201, 202, 204, 206, 299}},
        {"retry", {408, 425, 429, 500, 501, 502, 503, 504, 599}},
        {"held", {100, 103, 199, 300, 301, 302, 303, 304, 307, 308, 399, 401, 403, 407, 0, 99, 600, 999}},
        {"refused", {400, 402, 404, 405, 406, 409, 410, 411, 413, 415, 422, 424, 426, 428, 430, 451, 499}}};
    for (const auto& [verdict, statuses] : table)
        for (const int status : statuses) BOOST_TEST_CONTEXT(status) BOOST_TEST(word(status) == verdict);
}

BOOST_AUTO_TEST_CASE(actions_come_first_and_a_status_before_its_class) {
    const StatusActions actions{{"409", "done"}, {"4xx", "hold"}, {"504", "doubt"}, {"5xx", "dead"}, {"202", "retry"}};
    BOOST_TEST(wrong_status_actions(actions) == "");
    BOOST_TEST(word(409, actions) == "delivered");
    BOOST_TEST(word(404, actions) == "held");
    BOOST_TEST(word(429, actions) == "held");
    BOOST_TEST(word(504, actions) == "in doubt");
    BOOST_TEST(word(503, actions) == "refused");
    BOOST_TEST(word(202, actions) == "retry");
    BOOST_TEST(word(200, actions) == "delivered");
    BOOST_TEST(named_verdict(404, actions).has_value());
    BOOST_TEST(!named_verdict(200, actions).has_value());
}

BOOST_AUTO_TEST_CASE(actions_that_could_never_happen_are_pointed_at) {
    for (const char* name : {"", "4", "40", "4x4", "4xX", "1xx", "101", "600", "xxx", "4040", "4 4", "-04"})
        BOOST_TEST_CONTEXT(name) BOOST_TEST(wrong_status_actions({{name, "done"}}) != "");
    for (const char* action : {"", "delivered", "Retry", "away", "done "})
        BOOST_TEST_CONTEXT(action) BOOST_TEST(wrong_status_actions({{"404", action}}) != "");
}

BOOST_AUTO_TEST_SUITE_END()
