#include "engine/runtime/retry_policy.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <limits>

using namespace gantry;
using namespace std::chrono_literals;
using runtime::RetryPolicy;

namespace {

constexpr Instant start{1'000'000'000};
constexpr std::array<std::uint64_t, 5> randoms{0, 1, 12'345, 1u << 31, std::numeric_limits<std::uint64_t>::max()};

std::int64_t wait_millis(const RetryPolicy& policy, int attempts, std::uint64_t random) {
    return (policy.next(start, attempts, random).micros - start.micros) / 1000;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_retry_policy)

BOOST_AUTO_TEST_CASE(waits_double_to_the_cap_and_are_never_nothing) {
    const RetryPolicy policy{1s, 60s, 1h};
    for (int attempts = 1; attempts < 100; ++attempts) {
        const auto longest = std::min<std::int64_t>(1000LL << std::min(attempts - 1, 20), 60'000);
        for (const auto random : randoms) {
            BOOST_TEST(wait_millis(policy, attempts, random) >= longest / 10);
            BOOST_TEST(wait_millis(policy, attempts, random) <= longest);
        }
    }
}

BOOST_AUTO_TEST_CASE(chance_spreads_the_waits_and_nothing_else_does) {
    const RetryPolicy policy;
    BOOST_TEST(wait_millis(policy, 5, 1) != wait_millis(policy, 5, 2));
    BOOST_TEST(wait_millis(policy, 5, 7) == wait_millis(policy, 5, 7));
}

BOOST_AUTO_TEST_CASE(extremes_neither_overflow_nor_divide_by_nothing) {
    for (const auto& policy :
         {RetryPolicy{0ms, 0ms, 0s}, RetryPolicy{1ms, 0ms, 1s}, RetryPolicy{0ms, 10s, 1s}, RetryPolicy{72h, 24h, 72h}})
        for (const int attempts : {-1, 0, 1, 2, 31, 32, 64, 1'000'000})
            for (const auto random : randoms) {
                BOOST_TEST(wait_millis(policy, attempts, random) >= 1);
                BOOST_TEST(wait_millis(policy, attempts, random) <=
                           std::max<std::int64_t>(std::chrono::milliseconds(policy.cap).count(), 1));
            }
}

BOOST_AUTO_TEST_CASE(the_horizon_counts_from_the_beginning) {
    const RetryPolicy policy{1s, 60s, 3600s};
    BOOST_TEST(!policy.exhausted(start, start));
    BOOST_TEST(!policy.exhausted({start.micros + 3'600'000'000}, start));
    BOOST_TEST(policy.exhausted({start.micros + 3'600'000'001}, start));
    BOOST_TEST(!policy.exhausted({start.micros - 5'000'000}, start));  // the clock was set back
}

BOOST_AUTO_TEST_SUITE_END()
