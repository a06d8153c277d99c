#include "engine/runtime/delivery_worker.hpp"

#include "tests/engine/runtime/pipeline_parts.hpp"
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::runtime;
using store::testing::monday;
using store::testing::Onlooker;
using store::testing::Site;
using Verdict = Destination::Verdict;
using Words = std::vector<std::string>;

namespace {

// Answers by the control id of the message; what it was given is kept.
class ScriptedDestination final : public Destination {
  public:
    Answer deliver(const store::DeliveryWork& work) override {
        attempts.add(work.control_id);
        if (meanwhile) meanwhile();
        const auto found = verdicts.find(work.control_id);
        return {found == verdicts.end() ? Verdict::delivered : found->second, "as told"};
    }
    std::map<std::string, Verdict> verdicts;
    std::function<void()> meanwhile;
    runtime::testing::Tally attempts;
};

// A queue whose attempts cannot be recorded, as when the disk is full.
class ForgetfulQueue final : public store::Deliveries {
  public:
    explicit ForgetfulQueue(store::Deliveries& under) : under_(under) {}
    Result<std::vector<store::DeliveryWork>> pending(const std::string& destination, DeliveryId after,
                                                     std::size_t most) override {
        return under_.pending(destination, after, most);
    }
    Result<void> record(std::span<const Attempt>) override { return Error{ErrorCode::storage_unavailable, {}, {}}; }

  private:
    store::Deliveries& under_;
};

// The names of the events, in order.
class NotingSink final : public events::Sink {
  public:
    void emit(const events::View& event) noexcept override { noted.add(std::string(event.name.text())); }
    runtime::testing::Tally noted;
};

struct Channel {
    // "M1 A": message M1 in lane A.
    explicit Channel(const Words& messages) {
        for (const auto& message : messages) {
            effects::Effects effects;
            effects.ordering_key = message.substr(message.find(' ') + 1);
            effects.deliveries.push_back({"orders/archive", {}, true});
            site.commit(store::testing::unit(message.substr(0, message.find(' ')), std::move(effects)));
        }
    }

    DeliveryWorker worker(bool strict = false, std::size_t page = 256) {
        DeliveryWorker::Options options;
        options.destination = "orders/archive";
        options.retry.horizon = std::chrono::hours(1);
        options.strict = strict;
        options.page = page;
        return {options, target, site->deliveries(), site.clock, events};
    }
    void later(std::chrono::microseconds by) { site.clock.set({site.clock.now().micros + by.count()}); }
    void check(const Words& attempted) {
        BOOST_TEST(target.attempts.all() == attempted, boost::test_tools::per_element());
    }
    // What became of each message, oldest first.
    Words outcomes() {
        Words out;
        for (const auto& message : site.latest()) out.insert(out.begin(), std::string(to_text(message.outcome)));
        return out;
    }

    Site site;
    ScriptedDestination target;
    NotingSink events;
};

// Longer than any first wait.
constexpr auto wait = std::chrono::seconds(2);

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_delivery_worker)

BOOST_AUTO_TEST_CASE(deliveries_leave_in_the_order_they_came_over_all_pages) {
    Channel channel({"M1 A", "M2 B", "M3 A", "M4 C", "M5 A"});
    auto worker = channel.worker(false, 2);
    BOOST_TEST(worker.sweep());
    channel.check({"M1", "M2", "M3", "M4", "M5"});
    BOOST_TEST(channel.outcomes() == Words(5, "delivered"), boost::test_tools::per_element());
    BOOST_TEST(!worker.sweep());
}

BOOST_AUTO_TEST_CASE(a_worker_that_is_stopped_ends_the_attempt_under_way_and_begins_no_other) {
    Channel channel({"M1 A", "M2 B", "M3 C"});
    auto worker = channel.worker();
    channel.target.meanwhile = [&] { worker.stop(); };
    BOOST_TEST(worker.sweep());
    channel.check({"M1"});
    BOOST_TEST(channel.outcomes() == (Words{"delivered", "pending", "pending"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_failure_holds_up_its_own_lane_only) {
    for (const std::size_t page : {1u, 2u, 256u}) {
        Channel channel({"M1 A", "M2 B", "M3 A", "M4 B"});
        channel.target.verdicts["M1"] = Verdict::retry;
        auto worker = channel.worker(false, page);
        BOOST_TEST(worker.sweep());
        channel.check({"M1", "M2", "M4"});
        worker.sweep();
        channel.check({"M1", "M2", "M4"});  // not due yet
        channel.target.verdicts.clear();
        channel.later(wait);
        BOOST_TEST(worker.sweep());
        channel.check({"M1", "M2", "M4", "M1", "M3"});
        BOOST_TEST(channel.outcomes() == Words(4, "delivered"), boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_delivery_with_two_lanes_waits_for_both_and_both_wait_for_it) {
    const std::string both = std::string("A") + effects::key_separator + "B";
    for (const std::size_t page : {1u, 2u, 256u}) {
        Channel channel({"M1 A", "M2 B", "M3 " + both, "M4 B", "M5 A", "M6 C"});
        channel.target.verdicts["M1"] = Verdict::retry;
        auto worker = channel.worker(false, page);
        worker.sweep();
        channel.check({"M1", "M2", "M6"});
        channel.later(wait);
        worker.sweep();  // still no luck
        channel.check({"M1", "M2", "M6", "M1"});
        channel.target.verdicts.clear();
        channel.later(2 * wait);
        worker.sweep();
        channel.check({"M1", "M2", "M6", "M1", "M1", "M3", "M4", "M5"});
    }
}

BOOST_AUTO_TEST_CASE(a_delivery_with_two_lanes_that_fails_holds_up_both) {
    const std::string both = std::string("A") + effects::key_separator + "B";
    Channel channel({"M1 " + both, "M2 B", "M3 A", "M4 C"});
    channel.target.verdicts["M1"] = Verdict::retry;
    auto worker = channel.worker();
    worker.sweep();
    channel.check({"M1", "M4"});
    channel.target.verdicts.clear();
    channel.later(wait);
    worker.sweep();
    channel.check({"M1", "M4", "M1", "M2", "M3"});
}

BOOST_AUTO_TEST_CASE(a_strict_destination_is_one_lane) {
    Channel channel({"M1 A", "M2 B", "M3 C"});
    channel.target.verdicts["M2"] = Verdict::retry;
    auto worker = channel.worker(true);
    worker.sweep();
    channel.check({"M1", "M2"});
    channel.target.verdicts.clear();
    channel.later(wait);
    worker.sweep();
    channel.check({"M1", "M2", "M2", "M3"});
}

BOOST_AUTO_TEST_CASE(what_is_refused_or_in_doubt_is_settled_and_the_lane_goes_on) {
    Channel channel({"M1 A", "M2 A", "M3 A"});
    channel.target.verdicts = {{"M1", Verdict::refused}, {"M2", Verdict::in_doubt}};
    auto worker = channel.worker();
    worker.sweep();
    channel.check({"M1", "M2", "M3"});
    BOOST_TEST(channel.outcomes() == (Words{"dead", "in_doubt", "delivered"}), boost::test_tools::per_element());
    BOOST_TEST(channel.events.noted.all() == (Words{"delivery_dead", "delivery_in_doubt"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(beyond_the_horizon_a_delivery_is_dead_and_the_lane_goes_on) {
    Channel channel({"M1 A", "M2 A"});
    channel.target.verdicts["M1"] = Verdict::retry;
    auto worker = channel.worker();
    worker.sweep();
    BOOST_TEST(channel.outcomes() == (Words{"pending", "pending"}), boost::test_tools::per_element());
    channel.later(std::chrono::hours(2));
    worker.sweep();
    channel.check({"M1", "M1", "M2"});
    BOOST_TEST(channel.outcomes() == (Words{"dead", "delivered"}), boost::test_tools::per_element());
    BOOST_TEST(channel.events.noted.all() == (Words{"delivery_failed", "delivery_dead"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_attempt_is_recorded) {
    Channel channel({"M1 A"});
    channel.target.verdicts["M1"] = Verdict::retry;
    auto worker = channel.worker();
    for (int n = 0; n < 3; ++n, channel.later(std::chrono::minutes(1))) worker.sweep();
    const Onlooker inside(channel.site.file());
    BOOST_TEST(inside.one("SELECT count(*) FROM delivery_attempt WHERE detail = 'as told'") == "3");
    BOOST_TEST(inside.one("SELECT attempts FROM delivery") == "3");
}

BOOST_AUTO_TEST_CASE(after_a_restart_a_failed_delivery_waits_on) {
    Channel channel({"M1 A", "M2 A"});
    channel.target.verdicts["M1"] = Verdict::retry;
    channel.worker().sweep();
    channel.site.reopen();
    channel.target.verdicts.clear();
    auto worker = channel.worker();
    BOOST_TEST(!worker.sweep());
    channel.check({"M1"});
    channel.later(wait);
    worker.sweep();
    channel.check({"M1", "M1", "M2"});
}

BOOST_AUTO_TEST_CASE(an_attempt_that_could_not_be_recorded_is_made_again) {
    Channel channel({"M1 A"});
    ForgetfulQueue queue(channel.site->deliveries());
    DeliveryWorker::Options options;
    options.destination = "orders/archive";
    DeliveryWorker worker(options, channel.target, queue, channel.site.clock, events::nowhere());
    BOOST_TEST(!worker.sweep());
    BOOST_TEST(!worker.sweep());
    channel.check({"M1", "M1"});
    BOOST_TEST(channel.outcomes() == Words{"pending"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(its_thread_works_off_what_is_there_and_what_it_is_woken_for) {
    Channel channel({"M1 A"});
    auto worker = channel.worker();
    worker.start();
    BOOST_TEST(channel.target.attempts.wait(1));
    auto next = store::testing::unit("M2", {});
    next.effects.deliveries.push_back({"orders/archive", {}, true});
    channel.site.commit(next);
    worker.wake();
    BOOST_TEST(channel.target.attempts.wait(2));
    worker.stop();
    BOOST_TEST(channel.outcomes() == Words(2, "delivered"), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_worker_that_never_started_stops) {
    Channel channel({});
    auto worker = channel.worker();
    worker.wake();
    worker.stop();
    channel.check({});
}

BOOST_AUTO_TEST_SUITE_END()
