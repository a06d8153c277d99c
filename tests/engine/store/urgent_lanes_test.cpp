#include "engine/store/urgent_lanes.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <set>

using namespace gantry;
using store::DeliveryHead;
using store::UrgentLanes;
using Ids = std::vector<std::int64_t>;

namespace {

// "A+B" stands for two lanes.
DeliveryHead head(std::int64_t id, std::string lanes, bool urgent = false) {
    std::replace(lanes.begin(), lanes.end(), '+', effects::key_separator);
    DeliveryHead out;
    out.id = {id};
    out.lane = std::move(lanes);
    out.urgent = urgent;
    return out;
}

// What a database would give of a queue.
Ids taken_along(const std::vector<DeliveryHead>& queue, std::size_t most) {
    std::vector<DeliveryHead> urgent, joined;
    for (const auto& one : queue)
        if (one.urgent) urgent.push_back(one);
    for (const auto& one : queue)
        if (one.lane.find(effects::key_separator) != std::string::npos && !urgent.empty() && one.id <= urgent.back().id)
            joined.push_back(one);
    const UrgentLanes lanes(urgent, joined);
    std::map<std::string, std::vector<DeliveryHead>> by_lane;
    for (const auto& [name, end] : lanes.ends())
        for (const auto& one : queue)
            if (one.lane == name && one.id <= end && by_lane[name].size() < most) by_lane[name].push_back(one);
    Ids out;
    for (const auto& one : lanes.gathered(by_lane, most)) out.push_back(one.id.value);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_urgent_lanes)

BOOST_AUTO_TEST_CASE(the_rank_says_whether_there_are_several_lanes) {
    using effects::Urgency;
    using store::Priority;
    const auto two = std::string("A") + effects::key_separator + "B";
    BOOST_CHECK(store::priority_of(Urgency::unranked, two) == Priority::unranked);
    BOOST_CHECK(store::priority_of(Urgency::ordinary, "A") == Priority::ordinary);
    BOOST_CHECK(store::priority_of(Urgency::ordinary, two) == Priority::ordinary_joined);
    BOOST_CHECK(store::priority_of(Urgency::urgent, "A") == Priority::urgent);
    BOOST_CHECK(store::priority_of(Urgency::urgent, two) == Priority::urgent_joined);
}

BOOST_AUTO_TEST_CASE(with_an_urgent_one_goes_what_is_ahead_of_it) {
    const struct {
        const char* what;
        std::vector<DeliveryHead> queue;
        std::size_t most;
        Ids go;
    } rows[] = {
        {"alone", {head(1, "A"), head(2, "B", true), head(3, "B")}, 9, {2}},
        {"its lane", {head(1, "A"), head(2, "B"), head(3, "A", true)}, 9, {1, 3}},
        {"its two lanes", {head(1, "A"), head(2, "B"), head(3, "C"), head(4, "A+B", true)}, 9, {1, 2, 4}},
        {"what is ahead of what is ahead",
         {head(1, "B"), head(2, "A+B"), head(3, "B"), head(4, "A", true)},
         9,
         {1, 2, 4}},
        {"and so on",
         {head(1, "C"), head(2, "B+C"), head(3, "A+B"), head(4, "C"), head(5, "A", true)},
         9,
         {1, 2, 3, 5}},
        {"not what is behind", {head(1, "A", true), head(2, "A+B"), head(3, "B")}, 9, {1}},
        {"a part of a long lane", {head(1, "A"), head(2, "A"), head(3, "A"), head(4, "A", true)}, 2, {1, 2}},
        {"and none that is behind the part", {head(1, "A"), head(2, "A"), head(3, "A+B"), head(4, "B", true)}, 1, {1}},
        {"the whole lane", {head(1, "A"), head(2, "A"), head(3, "A", true)}, 4, {1, 2, 3}},
    };
    for (const auto& row : rows) BOOST_TEST_CONTEXT(row.what) {
            BOOST_TEST(taken_along(row.queue, row.most) == row.go, boost::test_tools::per_element());
        }
}

// Whatever the queue: nothing goes without all that is ahead of it, and where lanes are short every urgent one goes.
BOOST_AUTO_TEST_CASE(nothing_goes_without_what_is_ahead_of_it) {
    std::mt19937 draws(11);
    const auto below = [&](std::uint32_t limit) { return draws() % limit; };
    const auto lane = [&] { return std::string(1, static_cast<char>('A' + below(5))); };
    const auto share_a_lane = [](const DeliveryHead& a, const DeliveryHead& b) {
        const auto of_a = store::lane_names(a.lane), of_b = store::lane_names(b.lane);
        return std::find_first_of(of_a.begin(), of_a.end(), of_b.begin(), of_b.end()) != of_a.end();
    };
    constexpr std::int64_t length = 12;
    std::size_t partly = 0;
    for (int round = 0; round < 2'000; ++round) {
        std::vector<DeliveryHead> queue;
        for (std::int64_t id = 1; id <= length; ++id)
            queue.push_back(head(id, below(4) == 0 ? lane() + "+" + lane() : lane(), below(6) == 0));
        const auto most = 1 + below(length + 1);
        const auto go = taken_along(queue, most);
        const std::set<std::int64_t> going(go.begin(), go.end());
        BOOST_TEST_REQUIRE(std::is_sorted(go.begin(), go.end()));
        for (const auto& one : queue) {
            const bool goes = going.count(one.id.value) == 1;
            if (one.urgent && !goes) ++partly;
            if (most > length) BOOST_TEST_REQUIRE((goes || !one.urgent));
            for (const auto& before : queue)
                if (goes && before.id < one.id && share_a_lane(before, one))
                    BOOST_TEST_REQUIRE(going.count(before.id.value) == 1u);
        }
    }
    BOOST_TEST(partly > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
