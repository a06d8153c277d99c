#include "engine/base/ids.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

using namespace gantry;

namespace {
constexpr Instant noon{1'795'348'800'000'000};  // 2026-11-22T12:00:00Z
constexpr std::int64_t millisecond = 1000;
}  // namespace

BOOST_AUTO_TEST_SUITE(base_ids)

BOOST_AUTO_TEST_CASE(ids_grow_and_carry_their_time) {
    FixedClock clock(noon);
    IdSource ids(clock, 1, 0);
    const auto first = ids.next();
    BOOST_TEST((IdSource::time_of(first) == noon));
    BOOST_TEST(first >= IdSource::first_at(noon));
    clock.set({noon.micros + 5 * millisecond});
    const auto second = ids.next();
    BOOST_TEST(second > first);
    BOOST_TEST((IdSource::time_of(second) == Instant{noon.micros + 5 * millisecond}));
    BOOST_TEST(first < IdSource::first_at({noon.micros + millisecond}));
}

BOOST_AUTO_TEST_CASE(a_clock_that_goes_backwards) {
    FixedClock clock(noon);
    IdSource ids(clock, 1, 0);
    auto last = ids.next();
    clock.set({noon.micros - 3'600'000'000});
    for (int i = 0; i < 10'000; ++i) {
        const auto id = ids.next();
        BOOST_REQUIRE(id > last);
        last = id;
    }
}

BOOST_AUTO_TEST_CASE(more_than_a_millisecond_holds) {
    const FixedClock clock(noon);
    IdSource ids(clock, 1023, 0);
    auto last = ids.next();
    for (int i = 0; i < 3 * 4096; ++i) {
        const auto id = ids.next();
        BOOST_REQUIRE(id > last);
        last = id;
    }
    BOOST_TEST((IdSource::time_of(last) == Instant{noon.micros + 3 * millisecond}));
}

BOOST_AUTO_TEST_CASE(after_a_restart_ids_go_on_above_the_largest_stored) {
    const FixedClock clock(noon);
    for (const int node : {0, 7, 1023}) {
        for (const std::int64_t ahead : {-1, 0, 1, 4095, 1 << 22}) {
            const auto stored = IdSource::first_at(noon) + (std::int64_t{7} << 12) + ahead;
            IdSource ids(clock, node, stored);
            BOOST_TEST(ids.next() > stored, node << " " << ahead);
        }
    }
}

BOOST_AUTO_TEST_CASE(two_nodes_never_meet) {
    const FixedClock clock(noon);
    std::set<std::int64_t> seen;
    for (const int node : {0, 1, 2, 511, 1023}) {
        IdSource ids(clock, node, 0);
        for (int i = 0; i < 5000; ++i) BOOST_REQUIRE(seen.insert(ids.next()).second);
    }
}

BOOST_AUTO_TEST_CASE(a_clock_before_the_epoch_of_ids) {
    const FixedClock clock({0});
    IdSource ids(clock, 0, 0);
    const auto first = ids.next();
    BOOST_TEST(first > 0);
    BOOST_TEST(ids.next() > first);
}

BOOST_AUTO_TEST_CASE(ids_of_different_things_are_different_types) {
    static_assert(!std::is_convertible_v<OrderId, PatientId>);
    BOOST_TEST(!OrderId());
    BOOST_TEST(static_cast<bool>(OrderId{7}));
    BOOST_TEST((OrderId{7} == OrderId{7}));
    BOOST_TEST(std::hash<OrderId>()(OrderId{7}) == std::hash<std::int64_t>()(7));
}

BOOST_AUTO_TEST_SUITE_END()
