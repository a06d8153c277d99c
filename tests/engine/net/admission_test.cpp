#include "engine/net/admission.hpp"

#include <boost/test/unit_test.hpp>

namespace gantry::net {
namespace {

using std::chrono::seconds;

std::shared_ptr<Admission> port(const Admission::Limits& limits) {
    return std::make_shared<Admission>(limits, std::make_shared<Occupancy>());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(admission)

BOOST_AUTO_TEST_CASE(a_place_is_given_back) {
    Admission::Limits limits;
    limits.connections = 3;
    limits.per_peer = 2;
    const auto there = port(limits);
    auto first = there->admit("10.0.0.1", 3), second = there->admit("10.0.0.1", 4);
    BOOST_TEST((first && second));
    BOOST_TEST(!there->admit("10.0.0.1", 5).has_value());
    const auto other = there->admit("10.0.0.2", 5);
    BOOST_TEST(other.has_value());
    BOOST_TEST(!there->admit("10.0.0.3", 6).has_value());
    first.reset();
    BOOST_TEST(there->admit("10.0.0.1", 3).has_value());
    BOOST_TEST(there->admit("10.0.0.3", 6).has_value());
}

BOOST_AUTO_TEST_CASE(an_address_that_is_refused_too_often_waits_for_the_next_window) {
    Admission::Limits limits;
    limits.refusals_per_peer = 2;
    limits.refusal_window = seconds(60);
    const auto there = port(limits);
    const auto start = now();
    there->count_refusal("10.0.0.1", start);
    BOOST_TEST(there->admit("10.0.0.1", 3, start).has_value());
    there->count_refusal("10.0.0.1", start + seconds(1));
    BOOST_TEST(!there->admit("10.0.0.1", 3, start + seconds(2)).has_value());
    BOOST_TEST(there->admit("10.0.0.2", 3, start + seconds(2)).has_value());
    BOOST_TEST(!there->admit("10.0.0.1", 3, start + seconds(59)).has_value());
    BOOST_TEST(there->admit("10.0.0.1", 3, start + seconds(60)).has_value());
    there->count_refusal("10.0.0.1", start + seconds(61));
    BOOST_TEST(there->admit("10.0.0.1", 3, start + seconds(61)).has_value());
}

BOOST_AUTO_TEST_CASE(other_limits_hold_for_whoever_comes_next) {
    Admission::Limits limits;
    limits.per_peer = 2;
    const auto there = port(limits);
    const auto first = there->admit("10.0.0.1", 3), second = there->admit("10.0.0.1", 4);
    BOOST_TEST((first && second));
    limits.per_peer = 1;
    limits.refusals_per_peer = 1;
    there->set_limits(limits);
    BOOST_TEST(!there->admit("10.0.0.1", 5).has_value());
    there->count_refusal("10.0.0.2");
    BOOST_TEST(!there->admit("10.0.0.2", 5).has_value());
    limits.per_peer = 3;
    limits.refusals_per_peer = 0;
    there->set_limits(limits);
    const auto third = there->admit("10.0.0.1", 5);
    BOOST_TEST(third.has_value());
    BOOST_TEST(there->admit("10.0.0.2", 6).has_value());
    limits.connections = 3;
    there->set_limits(limits);
    BOOST_TEST(!there->admit("10.0.0.2", 6).has_value());
}

BOOST_AUTO_TEST_CASE(without_a_limit_refusals_are_not_remembered) {
    const auto there = port({});
    for (int i = 0; i < 10'000; ++i) there->count_refusal("10.0.0.1");
    BOOST_TEST(there->admit("10.0.0.1", 3).has_value());
}

BOOST_AUTO_TEST_CASE(a_ticket_counts_for_its_address) {
    Admission::Limits limits;
    limits.refusals_per_peer = 1;
    const auto there = port(limits);
    there->admit("10.0.0.1", 3)->count_refusal();
    BOOST_TEST(!there->admit("10.0.0.1", 3).has_value());
    Ticket().count_refusal();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::net
