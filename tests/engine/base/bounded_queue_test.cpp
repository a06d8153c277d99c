#include "engine/base/bounded_queue.hpp"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <numeric>
#include <thread>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(base_bounded_queue)

BOOST_AUTO_TEST_CASE(items_come_in_order_and_at_most_as_many_as_asked) {
    BoundedQueue<int> queue(10);
    for (int i = 0; i < 5; ++i) BOOST_TEST(queue.push(i));
    BOOST_TEST(queue.size() == 5u);
    BOOST_TEST(queue.take(3) == (std::vector{0, 1, 2}), boost::test_tools::per_element());
    BOOST_TEST(queue.take(3) == (std::vector{3, 4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(closing_lets_what_is_there_out_and_nothing_in) {
    BoundedQueue<std::unique_ptr<int>> queue(2);
    BOOST_TEST(queue.push(std::make_unique<int>(1)));
    queue.close();
    BOOST_TEST(!queue.push(std::make_unique<int>(2)));
    BOOST_TEST(queue.take(10).size() == 1u);
    BOOST_TEST(queue.take(10).empty());
}

BOOST_AUTO_TEST_CASE(a_full_queue_makes_the_producer_wait) {
    BoundedQueue<int> queue(2);
    std::atomic<int> pushed = 0;
    std::thread producer([&] {
        for (int i = 0; i < 100; ++i)
            if (queue.push(i)) ++pushed;
    });
    int next = 0;
    bool in_order = true, limited = true;
    while (next < 100) {
        limited = limited && queue.size() <= 2;
        for (const int item : queue.take(1)) in_order = in_order && item == next++;
        limited = limited && pushed.load() <= next + 2;
    }
    producer.join();
    BOOST_TEST(in_order);
    BOOST_TEST(limited);
}

BOOST_AUTO_TEST_CASE(closing_wakes_everybody) {
    BoundedQueue<int> full(1), empty(1);
    BOOST_TEST(full.push(1));
    std::atomic<bool> refused = false, drained = false;
    std::thread producer([&] { refused = !full.push(2); });
    std::thread consumer([&] { drained = empty.take(1).empty(); });
    full.close();
    empty.close();
    producer.join();
    consumer.join();
    BOOST_TEST(refused.load());
    BOOST_TEST(drained.load());
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_or_doubled_between_threads) {
    constexpr int producers = 4, each = 5000;
    BoundedQueue<int> queue(7);
    std::vector<std::vector<int>> taken(3);
    std::vector<std::thread> consumers, threads;
    for (auto& mine : taken)
        consumers.emplace_back([&queue, &mine] {
            for (auto batch = queue.take(5); !batch.empty(); batch = queue.take(5))
                mine.insert(mine.end(), batch.begin(), batch.end());
        });
    for (int p = 0; p < producers; ++p)
        threads.emplace_back([&queue, p] {
            for (int i = 0; i < each; ++i) (void)queue.push(p * each + i);
        });
    for (auto& thread : threads) thread.join();
    queue.close();
    for (auto& thread : consumers) thread.join();
    std::vector<int> all;
    for (const auto& mine : taken) all.insert(all.end(), mine.begin(), mine.end());
    std::sort(all.begin(), all.end());
    std::vector<int> expected(producers * each);
    std::iota(expected.begin(), expected.end(), 0);
    BOOST_TEST((all == expected));
}

BOOST_AUTO_TEST_SUITE_END()
