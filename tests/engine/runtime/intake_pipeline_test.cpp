#include "engine/runtime/intake_pipeline.hpp"

#include <future>
#include <map>

#include "tests/engine/runtime/pipeline_parts.hpp"

using namespace gantry;
using namespace gantry::runtime;
using namespace gantry::runtime::testing;
using Submitted = runtime::Intake::Submitted;

namespace {

const auto mapper = std::make_shared<const CarryingMapper>();

void nobody(std::span<const store::Unit>, std::span<const store::Committed>) {}

IntakePipeline::Options small(std::size_t waiting) {
    IntakePipeline::Options out;
    out.waiting = waiting;
    out.interpreters = 3;
    out.batch = 7;
    return out;
}

// A sender that keeps what is refused and sends it again when there is room, as a source does.
void send_all(IntakePipeline& pipeline, std::uint64_t lane, int count, Tally& done) {
    for (int n = 0; n < count; ++n) {
        auto message = inbound(std::to_string(n), std::to_string(lane));
        while (pipeline.submit(mapper, std::move(message), lane,
                               [&](store::Committed committed) { done.add(committed.reply); }) == Submitted::full) {
            std::promise<void> room;
            pipeline.when_room([&] { room.set_value(); });
            room.get_future().wait();
        }
    }
}

Submitted submit(IntakePipeline& pipeline, const std::string& bytes, Tally& done) {
    return pipeline.submit(mapper, inbound(bytes), 1, [&](store::Committed committed) { done.add(committed.reply); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_intake_pipeline)

BOOST_AUTO_TEST_CASE(each_lane_keeps_its_order_and_every_message_is_answered_once) {
    constexpr int lanes = 5, messages = 200;
    GatedStore store;
    Tally done;
    IntakePipeline pipeline(store, small(16), nobody);
    std::vector<std::thread> senders;
    for (std::uint64_t lane = 0; lane < lanes; ++lane)
        senders.emplace_back([&, lane] { send_all(pipeline, lane, messages, done); });
    for (auto& sender : senders) sender.join();
    pipeline.drain();
    std::map<std::string, int> next;
    for (const auto& [lane, content] : store.order()) BOOST_TEST(content == std::to_string(next[lane]++));
    BOOST_TEST(next.size() == std::size_t{lanes});
    BOOST_TEST(done.all().size() == std::size_t{lanes * messages});
    for (const auto size : store.batches()) BOOST_TEST(size <= 7u);
    BOOST_TEST(pipeline.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(when_full_the_message_stays_with_its_source_until_there_is_room) {
    GatedStore store(false);
    Tally done, room;
    IntakePipeline pipeline(store, small(2), nobody);
    BOOST_CHECK(submit(pipeline, "1", done) == Submitted::taken);
    BOOST_CHECK(submit(pipeline, "2", done) == Submitted::taken);
    auto third = inbound("3");
    BOOST_CHECK(pipeline.submit(mapper, std::move(third), 1, [](store::Committed) {}) == Submitted::full);
    BOOST_TEST(third.bytes == "3");
    pipeline.when_room([&] { room.add(); });
    pipeline.when_room([&] { room.add(); });
    BOOST_TEST(room.all().empty());
    store.open();
    BOOST_TEST(room.wait(2));
    BOOST_CHECK(submit(pipeline, "3", done) == Submitted::taken);
    BOOST_TEST(done.wait(3));
    pipeline.drain();
    BOOST_TEST(room.all().size() == 2u);
    BOOST_TEST(store.order().size() == 3u);
}

BOOST_AUTO_TEST_CASE(room_that_is_there_already_is_told_at_once) {
    GatedStore store;
    Tally room;
    IntakePipeline pipeline(store, small(2), nobody);
    pipeline.when_room([&] { room.add(); });
    BOOST_TEST(room.wait(1));
}

BOOST_AUTO_TEST_CASE(bytes_fill_it_too_but_one_message_always_passes) {
    GatedStore store(false);
    Tally done;
    auto options = small(100);
    options.waiting_bytes = 1000;
    IntakePipeline pipeline(store, options, nobody);
    BOOST_CHECK(submit(pipeline, std::string(5000, 'x'), done) == Submitted::taken);
    BOOST_CHECK(submit(pipeline, "small", done) == Submitted::full);
    Tally room;
    pipeline.when_room([&] { room.add(); });
    store.open();
    BOOST_TEST(room.wait(1));
    BOOST_CHECK(submit(pipeline, "small", done) == Submitted::taken);
}

BOOST_AUTO_TEST_CASE(draining_finishes_what_was_taken_and_takes_no_more) {
    GatedStore store(false);
    Tally done;
    IntakePipeline pipeline(store, small(100), nobody);
    for (int n = 0; n < 50; ++n) BOOST_CHECK(submit(pipeline, std::to_string(n), done) == Submitted::taken);
    auto drained = std::async(std::launch::async, [&] { pipeline.drain(); });
    store.open();
    drained.get();
    BOOST_TEST(done.all().size() == 50u);
    BOOST_CHECK(submit(pipeline, "late", done) == Submitted::stopping);
    pipeline.drain();
    BOOST_TEST(done.all().size() == 50u);
}

BOOST_AUTO_TEST_CASE(sources_that_wait_for_room_are_told_when_it_drains) {
    GatedStore store(false);
    Tally done, room;
    IntakePipeline pipeline(store, small(1), nobody);
    submit(pipeline, "1", done);
    pipeline.when_room([&] { room.add(); });
    store.open();
    pipeline.drain();
    BOOST_TEST(room.all().size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_observer_hears_of_a_commit_before_its_senders) {
    GatedStore store;
    Tally order;
    IntakePipeline pipeline(store, small(10), [&](auto units, auto results) {
        order.add("observer " + std::to_string(units.size() == results.size()));
    });
    pipeline.submit(mapper, inbound("1"), 1, [&](store::Committed committed) { order.add(committed.reply); });
    pipeline.drain();
    BOOST_TEST(order.all() == (std::vector<std::string>{"observer 1", "reply to 1"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
