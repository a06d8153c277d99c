#include "engine/runtime/lanes.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

using namespace gantry;
using namespace gantry::runtime;
using Ids = std::vector<std::int64_t>;

namespace {

struct Queue {
    void add(std::int64_t id, const Lanes::Names& names) {
        BOOST_TEST_REQUIRE(!lanes.wait_for({id}, names));
        lanes.add({id}, names);
        BOOST_TEST(lanes.prepare({id}));
    }
    std::int64_t take() {
        const auto id = lanes.take();
        return id ? id->value : 0;
    }
    static Ids values(const std::vector<DeliveryId>& ids) {
        Ids out;
        for (const auto id : ids) out.push_back(id.value);
        std::sort(out.begin(), out.end());
        return out;
    }
    Ids again(std::int64_t id, std::int64_t until) { return values(lanes.end({id}, Lanes::End::again, {until})); }
    void done(std::int64_t id) { BOOST_TEST(lanes.end({id}, Lanes::End::done).empty()); }
    Lanes lanes{8};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_lanes)

BOOST_AUTO_TEST_CASE(one_of_each_lane_at_a_time_oldest_first) {
    Queue queue;
    queue.add(1, {"A"});
    queue.add(2, {"A"});
    queue.add(3, {"B"});
    BOOST_TEST(queue.take() == 1);
    BOOST_TEST(queue.take() == 3);
    BOOST_TEST(queue.take() == 0);
    queue.done(1);
    BOOST_TEST(queue.take() == 2);
    BOOST_TEST(queue.lanes.under_way() == 2u);
    queue.done(2);
    queue.done(3);
    BOOST_TEST(queue.lanes.in_hand() == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_urgent_is_taken_first_and_never_before_what_is_ahead_of_it) {
    Queue queue;
    queue.add(1, {"A"});
    queue.add(2, {"B"});
    queue.add(3, {"B"});
    queue.lanes.add({4}, {"C"});
    queue.lanes.hurry({3});
    queue.lanes.hurry({4});
    BOOST_TEST(queue.lanes.is_urgent({3}));
    BOOST_TEST(!queue.lanes.is_urgent({2}));
    BOOST_TEST(!queue.lanes.is_urgent({9}));
    BOOST_TEST(queue.lanes.prepare({4}));
    BOOST_TEST(queue.take() == 4);
    BOOST_TEST(queue.take() == 1);  // nobody has hurried what is ahead of 3
    queue.lanes.hurry({2});
    queue.add(5, {"D"});
    BOOST_TEST(queue.take() == 2);
    queue.done(2);
    BOOST_TEST(queue.take() == 3);
    BOOST_TEST(queue.take() == 5);
    BOOST_TEST(queue.take() == 0);
}

BOOST_AUTO_TEST_CASE(those_leave_together_that_have_all_with_them_that_is_ahead) {
    Queue queue;
    queue.add(1, {"A"});
    queue.add(2, {"B"});
    queue.lanes.add({3}, {"C"});  // not prepared
    queue.add(4, {"A", "B"});
    queue.add(5, {"B", "C"});
    queue.add(6, {"A"});
    queue.add(7, {"D"});
    const auto together = [&](std::size_t most) {
        Ids out;
        for (const auto id : queue.lanes.together(most)) out.push_back(id.value);
        return out;
    };
    BOOST_TEST(together(9) == (Ids{1, 2, 4, 6, 7}), boost::test_tools::per_element());
    BOOST_TEST(together(3) == (Ids{1, 2, 4}), boost::test_tools::per_element());
    queue.lanes.hurry({7});
    BOOST_TEST(together(2) == (Ids{1, 7}), boost::test_tools::per_element());
    queue.lanes.take_together(queue.lanes.together(3));
    BOOST_TEST(queue.lanes.under_way() == 3u);  // 1, 2 and 7
    BOOST_TEST(together(9).empty());
    BOOST_TEST(queue.take() == 0);
    // The last first; what is behind is given back.
    queue.done(7);
    BOOST_TEST(queue.again(2, 100) == (Ids{4, 5, 6}), boost::test_tools::per_element());
    queue.done(1);
    BOOST_TEST(queue.lanes.prepare({3}));
    BOOST_TEST(together(9) == Ids{3}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_left_together_and_failed_comes_again_together) {
    Queue queue;
    for (const std::int64_t id : {1, 2, 3}) queue.add(id, {"A"});
    queue.lanes.take_together(queue.lanes.together(2));
    BOOST_TEST(queue.again(2, 100) == Ids{3}, boost::test_tools::per_element());
    BOOST_TEST(queue.again(1, 90).empty());
    BOOST_TEST(queue.lanes.in_hand() == 0u);
    BOOST_TEST(queue.lanes.next_release()->micros == 100);
}

BOOST_AUTO_TEST_CASE(whether_a_lane_waits_can_be_asked_without_changing_it) {
    Queue queue;
    queue.lanes.wait_until({"A"}, {100});
    queue.lanes.block({"B"}, {5});
    BOOST_TEST(queue.lanes.wait({1}, {"A"}));
    BOOST_TEST(queue.lanes.wait({6}, {"B", "C"}));
    BOOST_TEST(!queue.lanes.wait({4}, {"B"}));  // it came before
    BOOST_TEST(!queue.lanes.wait({6}, {"C"}));
    BOOST_TEST(!queue.lanes.wait_for({6}, {"C"}));
}

BOOST_AUTO_TEST_CASE(what_is_not_prepared_holds_its_place) {
    Queue queue;
    queue.lanes.add({1}, {"A"});
    queue.add(2, {"A"});
    BOOST_TEST(queue.take() == 0);
    BOOST_TEST(queue.lanes.prepare({1}));
    BOOST_TEST(queue.take() == 1);
    BOOST_TEST(!queue.lanes.prepare({9}));
}

BOOST_AUTO_TEST_CASE(a_failure_gives_back_what_is_behind_it_in_every_lane_it_touches) {
    Queue queue;
    queue.add(1, {"A"});
    queue.add(2, {"B"});
    queue.add(3, {"A", "B"});
    queue.add(4, {"B", "C"});
    queue.add(5, {"C"});
    queue.add(6, {"D"});
    BOOST_TEST(queue.take() == 1);
    BOOST_TEST(queue.take() == 2);
    BOOST_TEST(queue.again(1, 100) == (Ids{3, 4, 5}), boost::test_tools::per_element());
    queue.done(2);
    for (const auto* lane : {"A", "B", "C"}) BOOST_TEST(queue.lanes.wait_for({100}, {lane}), lane);
    BOOST_TEST(queue.take() == 6);
    BOOST_TEST(!queue.lanes.release({99}));
    BOOST_TEST(queue.lanes.next_release()->micros == 100);
    BOOST_TEST(queue.lanes.release({100}));
    for (const auto* lane : {"A", "B", "C"}) BOOST_TEST(!queue.lanes.wait_for({100}, {lane}), lane);
    BOOST_TEST(queue.lanes.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(what_comes_after_one_that_waits_waits_in_all_its_lanes) {
    Queue queue;
    queue.lanes.wait_until({"A"}, {50});
    BOOST_TEST(queue.lanes.wait_for({100}, {"A", "B"}));
    BOOST_TEST(queue.lanes.wait_for({101}, {"B"}));
    queue.lanes.reread({{{"C"}, {7}}});
    BOOST_TEST(queue.lanes.wait_for({100}, {"C", "D"}));
    BOOST_TEST(queue.lanes.wait_for({101}, {"D"}));
    queue.lanes.reread({});
    BOOST_TEST(!queue.lanes.wait_for({100}, {"D"}));
    BOOST_TEST(queue.lanes.wait_for({100}, {"A"}));  // a time is not forgotten
}

BOOST_AUTO_TEST_CASE(one_that_waits_for_a_person_lets_pass_what_came_before_it) {
    Queue queue;
    queue.lanes.reread({{{"A"}, {5}}, {{"A"}, {9}}});
    queue.add(3, {"A"});
    BOOST_TEST(!queue.lanes.wait_for({4}, {"A", "B"}));
    BOOST_TEST(queue.lanes.wait_for({6}, {"A", "B"}));
    BOOST_TEST(!queue.lanes.wait_for({5}, {"B"}));  // what came before the one that waits in both
    BOOST_TEST(queue.lanes.wait_for({7}, {"B"}));
    BOOST_TEST(queue.take() == 3);
    queue.lanes.end({3}, Lanes::End::blocked);
    BOOST_TEST(queue.lanes.wait_for({4}, {"A"}));
}

// 1 was released when 3 was in hand already, and is behind it in lane B.
BOOST_AUTO_TEST_CASE(what_does_not_wait_and_is_given_back_has_to_be_read_again) {
    Queue queue;
    queue.add(2, {"A"});
    queue.add(3, {"A", "B"});
    queue.add(1, {"B", "C"});
    BOOST_TEST(queue.take() == 2);
    BOOST_TEST(!queue.lanes.wants_reread());
    BOOST_TEST(Queue::values(queue.lanes.end({2}, Lanes::End::blocked)) == (Ids{1, 3}),
               boost::test_tools::per_element());
    BOOST_TEST(queue.lanes.wants_reread());
}

BOOST_AUTO_TEST_CASE(a_busy_lane_has_its_share_and_comes_again) {
    Queue queue;
    for (int id = 1; id <= 8; ++id) queue.add(id, {"A"});
    BOOST_TEST(queue.lanes.wait_for({100}, {"A"}));
    queue.add(10, {"B"});
    for (int id = 1; id <= 8; ++id) {
        BOOST_TEST(!queue.lanes.wants_reread());
        BOOST_TEST(queue.take() == id);
        queue.done(id);
        BOOST_TEST(queue.lanes.wait_for({100}, {"A"}));  // what came while it was cut off is still in the queue
    }
    BOOST_TEST(queue.lanes.wants_reread());
    queue.lanes.reread({});
    BOOST_TEST(!queue.lanes.wait_for({100}, {"A"}));
}

BOOST_AUTO_TEST_CASE(what_was_not_made_is_given_back_with_what_follows) {
    Queue queue;
    queue.add(1, {"A"});
    queue.add(2, {"A"});
    queue.add(3, {"B"});
    BOOST_TEST(queue.take() == 1);
    BOOST_TEST(Queue::values(queue.lanes.give_back({1})) == Ids{2}, boost::test_tools::per_element());
    BOOST_TEST(queue.lanes.wants_reread());
    BOOST_TEST(Queue::values(queue.lanes.give_back_all()) == Ids{3}, boost::test_tools::per_element());
    BOOST_TEST(queue.take() == 0);
}

// Whatever happens, the deliveries of a lane begin in the order of the queue, but for one that is tried again.
BOOST_AUTO_TEST_CASE(random_histories_keep_the_order_of_every_lane) {
    for (unsigned seed = 1; seed <= 200; ++seed) {
        std::minstd_rand random(seed);
        const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
        std::map<std::int64_t, Lanes::Names> waiting;
        for (int id = 1; id <= 120; ++id) {
            auto& names = waiting[id];
            names.push_back(std::string(1, static_cast<char>('A' + below(6))));
            if (const auto other = std::string(1, static_cast<char>('A' + below(6)));
                below(4) == 0 && other != names[0])
                names.push_back(other);
        }
        Lanes lanes(4);
        std::set<std::int64_t> under_way;
        std::int64_t now = 0;
        const auto may_begin = [&](std::int64_t id) {
            for (const auto& [before, names] : waiting)
                for (const auto& name : waiting.at(id))
                    if (before < id && std::find(names.begin(), names.end(), name) != names.end()) return false;
            return true;
        };
        for (int step = 0; !waiting.empty(); ++step, ++now) {
            BOOST_TEST_REQUIRE(step < 20'000, "seed " << seed);
            if (lanes.release({now}) || lanes.wants_reread() || below(8) == 0) {
                lanes.reread({});
                for (const auto& [id, names] : waiting) {
                    if (lanes.in_hand() >= 24) break;
                    if (lanes.holds({id}) || lanes.wait_for({id}, names)) continue;
                    lanes.add({id}, names);
                    (void)lanes.prepare({id});
                }
            }
            if (const auto id = lanes.take()) {
                BOOST_TEST_REQUIRE(may_begin(id->value), "seed " << seed << ", delivery " << id->value);
                under_way.insert(id->value);
            }
            if (under_way.empty() || below(2) == 0) continue;
            auto ending = under_way.begin();
            std::advance(ending, below(static_cast<unsigned>(under_way.size())));
            const auto id = *ending;
            under_way.erase(ending);
            switch (below(5)) {
                case 0:
                    lanes.end({id}, Lanes::End::again, {now + below(30)});
                    break;
                case 1:
                    lanes.give_back({id});
                    break;
                default:
                    lanes.end({id}, Lanes::End::done);
                    waiting.erase(id);
            }
        }
        BOOST_TEST(lanes.in_hand() == 0u);
    }
}

BOOST_AUTO_TEST_SUITE_END()
