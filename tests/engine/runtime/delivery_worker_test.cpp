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
        payloads.push_back(work.payload);
        if (told) told->add(work.control_id);
        if (meanwhile) meanwhile();
        const auto found = verdicts.find(work.control_id);
        return {found == verdicts.end() ? Verdict::delivered : found->second, "as told", not_within, answer_within};
    }
    Answer judge(const store::DeliveryWork&, const std::string& answer) const override {
        if (answer.empty()) return {Verdict::in_doubt, "no answer"};
        return {answer == "dead" ? Verdict::refused : answer == "held" ? Verdict::held : Verdict::delivered, "judged"};
    }
    bool listens() const override { return !to_hear.empty(); }
    std::vector<store::ReplyHeard> listen() override { return to_hear; }
    void heard() override {
        to_hear.clear();
        when_heard();
    }
    std::chrono::milliseconds answer_within{0};
    std::vector<store::ReplyHeard> to_hear;
    std::function<void()> when_heard;
    std::map<std::string, Verdict> verdicts;
    std::chrono::seconds not_within{0};
    std::function<void()> meanwhile;
    runtime::testing::Tally attempts;
    Words payloads;  // of a single connection
    runtime::testing::Tally* told = nullptr;
};

// Takes several at once; what it was given together is kept as one word.
class GatheringDestination final : public Destination {
  public:
    Answer deliver(const store::DeliveryWork&) override { return {Verdict::refused, "alone", {}}; }
    std::vector<Answer> deliver_together(std::span<const store::DeliveryWork* const> works) override {
        std::string all;
        std::vector<Answer> out;
        for (const auto* work : works) {
            all += (all.empty() ? "" : " ") + work->control_id;
            const auto own = verdicts.find(work->control_id);
            out.push_back({own == verdicts.end() ? verdict : own->second, "as told", {}});
        }
        batches.add(all);
        if (meanwhile) meanwhile();
        return out;
    }
    Verdict verdict = Verdict::delivered;
    std::map<std::string, Verdict> verdicts;
    std::function<void()> meanwhile;
    runtime::testing::Tally batches;
};

// A queue whose writes fail while it is told so, as when the disk is full.
class FailingQueue final : public store::Deliveries {
  public:
    explicit FailingQueue(store::Deliveries& under) : under_(under) {}
    bool in_order() const override { return ordered; }
    Result<std::vector<store::DeliveryHead>> heads(const std::string& destination, DeliveryId after,
                                                   std::size_t most) override {
        return under_.heads(destination, after, most);
    }
    Result<std::vector<store::DeliveryWork>> pending(const std::string& destination, DeliveryId after,
                                                     std::size_t most) override {
        return under_.pending(destination, after, most);
    }
    Result<std::vector<store::DeliveryWork>> load(std::span<const DeliveryId> deliveries) override {
        return under_.load(deliveries);
    }
    Result<void> begin(std::span<const DeliveryId> deliveries, Instant at) override {
        if (begins_fail) return unavailable();
        if (before_begin) before_begin();
        auto out = under_.begin(deliveries, at);
        if (after_begin) after_begin();
        return out;
    }
    Result<void> number(const std::string& destination, std::span<const DeliveryId> deliveries) override {
        return under_.number(destination, deliveries);
    }
    Result<void> expect(std::span<const store::AwaitedReply> replies) override { return under_.expect(replies); }
    Result<void> answered(std::span<const store::ReplyHeard> replies) override { return under_.answered(replies); }
    Result<void> record(std::span<const Attempt> attempts) override {
        if (records_fail) return unavailable();
        return under_.record(attempts);
    }
    Result<std::vector<BlockedLane>> blocked_lanes(const std::string& destination) override {
        if (blocked_fails) return unavailable();
        return under_.blocked_lanes(destination);
    }
    Result<std::vector<store::DeliveryHead>> held_while_begun(const std::string& destination) override {
        if (blocked_fails) return unavailable();
        return under_.held_while_begun(destination);
    }
    Result<std::vector<store::DeliveryHead>> answered_in_doubt(const std::string& destination) override {
        return under_.answered_in_doubt(destination);
    }
    Result<std::vector<DeliveryId>> sendable(const std::string& destination,
                                             std::span<const DeliveryId> deliveries) override {
        if (blocked_fails) return unavailable();
        return under_.sendable(destination, deliveries);
    }
    Result<std::vector<store::DeliveryHead>> urgent(const std::string& destination, DeliveryId after,
                                                    std::size_t most) override {
        return under_.urgent(destination, after, most);
    }
    Result<std::vector<store::DeliveryHead>> with_those_ahead(const std::string& destination,
                                                              const std::vector<store::DeliveryHead>& urgent,
                                                              std::size_t most_of_lane) override {
        return under_.with_those_ahead(destination, urgent, most_of_lane);
    }
    Result<DeliveryId> rank(const std::string& destination, DeliveryId after, std::size_t most) override {
        return under_.rank(destination, after, most);
    }
    std::function<void()> before_begin, after_begin;
    bool begins_fail = false, records_fail = false, blocked_fails = false, ordered = true;

  private:
    static Error unavailable() { return {ErrorCode::storage_unavailable, {}, {}}; }
    store::Deliveries& under_;
};

// The names of the events, in order.
class NotingSink final : public events::Sink {
  public:
    void emit(const events::View& event) noexcept override { noted.add(std::string(event.name.text())); }
    runtime::testing::Tally noted;
};

struct Channel {
    // "M1 A": message M1 in lane A. "M1 A!" is urgent, "M1 A?" came when the destination ranked nothing; of the others
    // it is for the receiver to say.
    explicit Channel(const Words& messages) {
        for (const auto& message : messages) receive(message);
    }
    void receive(const std::string& message) {
        effects::Effects effects;
        auto key = message.substr(message.find(' ') + 1);
        const bool urgent = key.back() == '!', unranked = key.back() == '?';
        if (urgent || unranked) key.pop_back();
        std::replace(key.begin(), key.end(), '+', effects::key_separator);
        effects.ordering_key = key;
        using effects::Urgency;
        const auto urgency = urgent ? Urgency::urgent : unranked ? Urgency::unranked : usual;
        effects.deliveries.push_back({"orders/archive", {}, true, urgency});
        site.commit(store::testing::unit(message.substr(0, message.find(' ')), std::move(effects)));
    }

    DeliveryWorker worker(bool strict = false, std::size_t page = 256) {
        auto options = this->options();
        options.strict = strict;
        options.page = page;
        return worker(options);
    }
    DeliveryWorker worker(const DeliveryWorker::Options& options) {
        return {options, {&target}, site->deliveries(), site.clock, events};
    }
    static DeliveryWorker::Options options(DeliveryWorker::InDoubt in_doubt = DeliveryWorker::InDoubt::resend) {
        DeliveryWorker::Options out;
        out.destination = "orders/archive";
        out.retry.horizon = std::chrono::hours(1);
        out.in_doubt = in_doubt;
        return out;
    }
    // As a crash leaves it: the attempts had begun.
    void begin_all() {
        std::vector<DeliveryId> all;
        const auto heads = site->deliveries().heads("orders/archive", {}, 100);
        for (const auto& head : *heads) all.push_back(head.id);
        BOOST_REQUIRE(site->deliveries().begin(all, site.clock.now()).ok());
    }
    void change(const std::string& sql) { (void)Onlooker(site.file()).rows(sql); }
    std::string ask(const std::string& sql) { return Onlooker(site.file()).one(sql); }
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

    static DeliveryWorker::Options ranked(std::size_t page = 256) {
        auto out = options();
        out.ranked = true;
        out.page = page;
        return out;
    }

    Site site;
    ScriptedDestination target;
    NotingSink events;
    effects::Urgency usual = effects::Urgency::unranked;
};

// Longer than any first wait.
constexpr auto wait = std::chrono::seconds(2);

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_delivery_worker)

BOOST_AUTO_TEST_CASE(deliveries_leave_in_the_order_they_came_over_all_pages) {
    // In small pages a lane has its share, and then others have theirs.
    const std::pair<std::size_t, Words> rows[] = {{256, {"M1", "M2", "M3", "M4", "M5"}},
                                                  {2, {"M1", "M2", "M4", "M3", "M5"}}};
    for (const auto& [page, order] : rows) {
        Channel channel({"M1 A", "M2 B", "M3 A", "M4 C", "M5 A"});
        auto worker = channel.worker(false, page);
        BOOST_TEST(worker.sweep());
        channel.check(order);
        BOOST_TEST(channel.outcomes() == Words(5, "delivered"), boost::test_tools::per_element());
        BOOST_TEST(!worker.sweep());
    }
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

// Three leave as one, or fewer whose message came a minute ago.
struct GatheringChannel : Channel {
    using Channel::Channel;
    DeliveryWorker gathering(store::Deliveries& queue) {
        auto options = Channel::options();
        options.repeatable = true;
        options.together = {3, std::chrono::minutes(1)};
        return {options, {&gatherer}, queue, site.clock, events};
    }
    DeliveryWorker gathering() { return gathering(site->deliveries()); }
    void check_batches(const Words& wanted) {
        BOOST_TEST(gatherer.batches.all() == wanted, boost::test_tools::per_element());
    }
    GatheringDestination gatherer;
};

BOOST_AUTO_TEST_CASE(deliveries_are_gathered_until_there_are_enough_or_it_is_time) {
    GatheringChannel channel({"M1 A", "M2 A", "M3 B", "M4 A"});
    auto worker = channel.gathering();
    BOOST_TEST(worker.sweep());
    channel.check_batches({"M1 M2 M3"});
    BOOST_TEST(channel.outcomes() == (Words{"delivered", "delivered", "delivered", "pending"}),
               boost::test_tools::per_element());
    BOOST_TEST(!worker.sweep());
    channel.later(std::chrono::seconds(59));
    BOOST_TEST(!worker.sweep());
    channel.later(std::chrono::seconds(1));
    BOOST_TEST(worker.sweep());
    channel.check_batches({"M1 M2 M3", "M4"});
    BOOST_TEST(channel.outcomes() == Words(4, "delivered"), boost::test_tools::per_element());
    // Nothing has begun while they are gathered.
    channel.receive("M5 A");
    channel.gathering().sweep();
    BOOST_TEST(channel.ask("SELECT count(*) FROM delivery WHERE begun <> 0") == "0");
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_set_back_keeps_nothing_gathered) {
    GatheringChannel channel({"M1 A"});
    channel.later(-std::chrono::hours(5));
    auto worker = channel.gathering();
    BOOST_TEST(worker.sweep());
    channel.check_batches({"M1"});
}

BOOST_AUTO_TEST_CASE(what_failed_together_is_tried_again_in_its_order) {
    GatheringChannel channel({"M1 A", "M2 A", "M3 B", "M4 B"});
    channel.gatherer.verdict = Verdict::retry;
    auto worker = channel.gathering();
    worker.sweep();
    channel.check_batches({"M1 M2 M3"});
    BOOST_TEST(channel.outcomes() == Words(4, "pending"), boost::test_tools::per_element());
    channel.gatherer.verdict = Verdict::delivered;
    channel.later(std::chrono::minutes(2));
    worker.sweep();
    channel.check_batches({"M1 M2 M3", "M1 M2 M3", "M4"});
    BOOST_TEST(channel.outcomes() == Words(4, "delivered"), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_that_is_refused_among_others_is_a_dead_letter_by_itself) {
    GatheringChannel channel({"M1 A", "M2 A", "M3 B"});
    channel.gatherer.verdicts["M2"] = Verdict::refused;
    channel.gathering().sweep();
    channel.check_batches({"M1 M2 M3"});
    BOOST_TEST(channel.outcomes() == (Words{"delivered", "dead", "delivered"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_whose_content_is_damaged_is_a_dead_letter_and_the_others_go) {
    GatheringChannel channel({"M1 A", "M2 A", "M3 B"});
    channel.change("DELETE FROM message_body WHERE id = (SELECT id FROM message WHERE control_id = 'M2')");
    channel.gathering().sweep();
    channel.check_batches({"M1 M3"});
    BOOST_TEST(channel.outcomes() == (Words{"delivered", "dead", "delivered"}), boost::test_tools::per_element());
}

// What a destination that gathers has answered is on disk before it is asked again.
BOOST_AUTO_TEST_CASE(nothing_is_taken_together_while_something_is_not_recorded) {
    GatheringChannel channel({"M1 A", "M2 A", "M3 B", "M4 A", "M5 B", "M6 C"});
    FailingQueue queue(channel.site->deliveries());
    auto worker = channel.gathering(queue);
    queue.records_fail = true;
    worker.sweep();
    worker.sweep();
    channel.check_batches({"M1 M2 M3"});
    queue.records_fail = false;
    worker.sweep();
    channel.check_batches({"M1 M2 M3", "M4 M5 M6"});
    BOOST_TEST(channel.outcomes() == Words(6, "delivered"), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(gathered_deliveries_leave_from_a_thread_of_their_own) {
    GatheringChannel channel{Words()};
    auto worker = channel.gathering();
    worker.start();
    for (const auto* message : {"M1 A", "M2 A", "M3 B", "M4 A", "M5 B", "M6 C"}) {
        channel.receive(message);
        worker.wake();
    }
    BOOST_TEST(channel.gatherer.batches.wait(2));
    worker.stop();
    channel.check_batches({"M1 M2 M3", "M4 M5 M6"});
    BOOST_TEST(channel.outcomes() == Words(6, "delivered"), boost::test_tools::per_element());
}

// A queue of which the destination says what is urgent.
struct RankingChannel : Channel {
    explicit RankingChannel(const Words& messages) : Channel(Words()) {
        usual = effects::Urgency::ordinary;
        for (const auto& message : messages) receive(message);
    }
};

BOOST_AUTO_TEST_CASE(urgent_deliveries_go_first_and_take_along_what_is_ahead_of_them_in_their_lane) {
    const struct {
        Words queue, order;
    } rows[] = {
        {{"M1 A", "M2 B", "M3 C!"}, {"M3", "M1", "M2"}},
        {{"M1 A", "M2 B", "M3 A", "M4 B!", "M5 B"}, {"M2", "M4", "M1", "M3", "M5"}},
        {{"M1 A", "M2 B!", "M3 C!", "M4 B"}, {"M2", "M3", "M1", "M4"}},
        {{"M1 C", "M2 B", "M3 A+B", "M4 D", "M5 A!"}, {"M2", "M3", "M5", "M1", "M4"}},
        // What came before the destination ranked anything is as old as it is.
        {{"M1 C?", "M2 A?", "M3 A?", "M4 A!"}, {"M2", "M3", "M4", "M1"}},
        {{"M1 C?", "M2 A+B?", "M3 B!"}, {"M2", "M3", "M1"}},
    };
    for (const auto& row : rows)
        for (const std::size_t page : {1u, 2u, 256u}) {
            RankingChannel channel(row.queue);
            auto worker = channel.worker(Channel::ranked(page));
            // Ranks are given a part at a time.
            for (int looks = 0; looks < 3 && channel.target.attempts.all().empty(); ++looks) worker.sweep();
            BOOST_TEST_CONTEXT(row.queue.back() << " page " << page) {
                if (page == 256)
                    channel.check(row.order);
                else
                    BOOST_TEST(channel.target.attempts.all().size() == row.order.size());
                BOOST_TEST(channel.outcomes() == Words(row.queue.size(), "delivered"),
                           boost::test_tools::per_element());
            }
        }
}

BOOST_AUTO_TEST_CASE(what_becomes_urgent_while_much_is_in_hand_goes_next) {
    Words queue;
    for (int i = 0; i < 300; ++i) queue.push_back("M" + std::to_string(i) + " L" + std::to_string(i));
    RankingChannel channel(queue);
    auto worker = channel.worker(Channel::ranked());
    bool came = false;
    channel.target.meanwhile = [&] {
        if (came || channel.target.attempts.all().size() < 3) return;
        came = true;
        channel.receive("U1 L290!");
        worker.stop();  // as when its coordinator looks at the queue between two attempts
    };
    worker.sweep();
    BOOST_TEST(channel.target.attempts.all().size() == 3u);
    auto next = channel.worker(Channel::ranked());
    next.sweep();
    const auto attempts = channel.target.attempts.all();
    BOOST_REQUIRE_EQUAL(attempts.size(), 301u);
    BOOST_TEST(attempts[3] == "M290");
    BOOST_TEST(attempts[4] == "U1");
    BOOST_TEST(attempts[5] == "M3");
}

// With its threads: room is kept for what is urgent when all other room is taken.
BOOST_AUTO_TEST_CASE(what_is_urgent_does_not_wait_until_what_is_in_hand_has_gone) {
    Words queue;
    for (int i = 0; i < 400; ++i) queue.push_back("M" + std::to_string(i) + " L" + std::to_string(i));
    RankingChannel channel(queue);
    auto worker = channel.worker(Channel::ranked());
    channel.target.meanwhile = [&, sent = std::size_t{0}]() mutable {
        if (++sent == 3) {
            channel.receive("U1 L390!");
            worker.wake();
        }
        const auto all = channel.target.attempts.all();
        const bool gone = std::find(all.begin(), all.end(), "U1") != all.end();
        if (sent >= 3 && !gone) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    };
    worker.start();
    BOOST_TEST_REQUIRE(channel.target.attempts.wait(401));
    worker.stop();
    const auto all = channel.target.attempts.all();
    const auto place = [&](const std::string& name) { return std::find(all.begin(), all.end(), name) - all.begin(); };
    BOOST_TEST(place("U1") < 250);
    BOOST_TEST(place("M390") == place("U1") - 1);
}

BOOST_AUTO_TEST_CASE(an_urgent_delivery_waits_for_what_its_lane_waits_for) {
    RankingChannel channel({"M1 A", "M2 B", "M3 A!"});
    channel.target.verdicts["M1"] = Verdict::retry;
    auto worker = channel.worker(Channel::ranked());
    worker.sweep();
    channel.check({"M1", "M2"});
    channel.receive("M4 A!");
    worker.sweep();
    channel.check({"M1", "M2"});
    channel.target.verdicts["M1"] = Verdict::held;
    channel.later(wait);
    worker.sweep();
    channel.check({"M1", "M2", "M1"});
    channel.target.verdicts.clear();
    channel.receive("M5 C");
    const auto held = channel.site->queues().waiting("orders/archive", effects::Outcome::held, {}, 10);
    BOOST_REQUIRE_EQUAL(held->size(), 1u);
    const std::vector<DeliveryId> ids{held->front().id};
    BOOST_REQUIRE(channel.site->control().decide(ids, {store::Instruction::Action::release, "anna", ""}).ok());
    worker.look_again();
    worker.sweep();
    channel.check({"M1", "M2", "M1", "M1", "M3", "M4", "M5"});
}

BOOST_AUTO_TEST_CASE(a_long_lane_that_is_urgent_goes_in_its_own_order) {
    Words queue{"X0 X"};
    for (int i = 0; i < 100; ++i) queue.push_back("M" + std::to_string(i) + " A");
    queue.emplace_back("U A!");
    RankingChannel channel(queue);
    auto worker = channel.worker(Channel::ranked());
    worker.sweep();
    auto attempts = channel.target.attempts.all();
    BOOST_REQUIRE_EQUAL(attempts.size(), queue.size());
    std::erase(attempts, "X0");
    for (std::size_t i = 0; i < 100; ++i) BOOST_TEST_REQUIRE(attempts[i] == "M" + std::to_string(i));
    BOOST_TEST(attempts[100] == "U");
}

BOOST_AUTO_TEST_CASE(a_receiver_may_ask_for_time_but_not_for_days) {
    using std::chrono::seconds;
    const std::pair<seconds, seconds> rows[] = {{seconds(60), seconds(60)}, {std::chrono::hours(48), seconds(3600)}};
    for (const auto& [asked, counts] : rows) {
        Channel channel({"M1 A"});
        channel.target.verdicts["M1"] = Verdict::retry;
        channel.target.not_within = asked;
        auto worker = channel.worker();
        worker.sweep();
        channel.later(counts - seconds(1));
        worker.sweep();
        channel.check({"M1"});
        channel.later(seconds(1));
        worker.sweep();
        channel.check({"M1", "M1"});
    }
}

BOOST_AUTO_TEST_CASE(what_is_refused_is_settled_and_the_lane_goes_on) {
    Channel channel({"M1 A", "M2 A"});
    channel.target.verdicts = {{"M1", Verdict::refused}};
    auto worker = channel.worker();
    worker.sweep();
    channel.check({"M1", "M2"});
    BOOST_TEST(channel.outcomes() == (Words{"dead", "delivered"}), boost::test_tools::per_element());
    BOOST_TEST(channel.events.noted.all() == Words{"delivery_dead"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_waits_for_a_person_holds_up_its_own_lane_also_after_a_restart) {
    const struct {
        Verdict verdict;
        const char *outcome, *event;
    } rows[] = {{Verdict::held, "held", "delivery_held"}, {Verdict::in_doubt, "in_doubt", "delivery_in_doubt"}};
    for (const auto& row : rows) {
        Channel channel({"M1 A", "M2 B", "M3 A"});
        channel.target.verdicts["M1"] = row.verdict;
        channel.worker(Channel::options(DeliveryWorker::InDoubt::hold)).sweep();
        channel.check({"M1", "M2"});
        BOOST_TEST(channel.outcomes() == (Words{row.outcome, "delivered", "pending"}),
                   boost::test_tools::per_element());
        BOOST_TEST(channel.events.noted.all() == Words{row.event}, boost::test_tools::per_element());
        channel.site.reopen();
        auto worker = channel.worker(Channel::options(DeliveryWorker::InDoubt::hold));
        channel.later(std::chrono::hours(2));
        worker.sweep();
        channel.check({"M1", "M2"});
    }
}

BOOST_AUTO_TEST_CASE(what_may_have_arrived_is_sent_again_and_the_ledger_says_so) {
    Channel channel({"M1 A", "M2 A"});
    channel.target.verdicts["M1"] = Verdict::in_doubt;
    auto worker = channel.worker();
    worker.sweep();
    channel.check({"M1"});
    channel.target.verdicts.clear();
    channel.later(wait);
    worker.sweep();
    channel.check({"M1", "M1", "M2"});
    BOOST_TEST(channel.outcomes() == Words(2, "delivered"), boost::test_tools::per_element());
    BOOST_TEST(channel.ask("SELECT group_concat(verdict, ' ') FROM delivery_attempt ORDER BY id") == "7 1 1");
    BOOST_TEST(channel.events.noted.all() == Words{"delivery_resent"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(after_a_crash_what_had_begun_is_in_doubt_and_sent_again) {
    Channel channel({"M1 A", "M2 B"});
    channel.begin_all();
    channel.worker().sweep();
    channel.check({"M1", "M2"});
    BOOST_TEST(channel.outcomes() == Words(2, "delivered"), boost::test_tools::per_element());
    BOOST_TEST(channel.ask("SELECT count(*) FROM delivery_attempt WHERE verdict = 7") == "2");
    BOOST_TEST(channel.ask("SELECT count(*) FROM delivery_attempt WHERE verdict = 1") == "2");
    BOOST_TEST(channel.ask("SELECT count(*) FROM delivery WHERE begun <> 0") == "0");
}

BOOST_AUTO_TEST_CASE(after_a_crash_what_had_begun_waits_for_a_person_where_that_is_wanted) {
    Channel channel({"M1 A", "M2 B"});
    channel.begin_all();
    channel.site.commit(store::testing::unit("M3", {}));
    channel.worker(Channel::options(DeliveryWorker::InDoubt::hold)).sweep();
    channel.check({});
    BOOST_TEST(channel.ask("SELECT count(*) FROM delivery WHERE state = 7 AND begun = 0") == "2");
}

BOOST_AUTO_TEST_CASE(where_to_repeat_changes_nothing_no_beginning_is_noted) {
    Channel channel({"M1 A"});
    auto options = Channel::options();
    options.repeatable = true;
    channel.target.meanwhile = [&] {
        BOOST_TEST(channel.ask("SELECT count(*) FROM delivery WHERE begun <> 0") == "0");
    };
    channel.worker(options).sweep();
    channel.target.meanwhile = [&] {
        BOOST_TEST(channel.ask("SELECT count(*) FROM delivery WHERE begun <> 0") == "1");
    };
    auto next = store::testing::unit("M2", {});
    next.effects.deliveries.push_back({"orders/archive", {}, true});
    channel.site.commit(next);
    channel.worker().sweep();
    channel.check({"M1", "M2"});
}

BOOST_AUTO_TEST_CASE(where_nobody_is_one_is_tried_at_a_time_and_none_loses_an_attempt) {
    Channel channel({"M1 A", "M2 B", "M3 C"});
    for (const auto* id : {"M1", "M2", "M3"}) channel.target.verdicts[id] = Verdict::away;
    auto worker = channel.worker();
    worker.sweep();
    channel.check({"M1"});
    worker.sweep();
    channel.check({"M1"});  // not due yet
    channel.later(wait);
    worker.sweep();
    channel.check({"M1", "M1"});
    BOOST_TEST(channel.ask("SELECT sum(attempts) FROM delivery") == "0");
    BOOST_TEST(channel.ask("SELECT count(*) FROM delivery_attempt") == "0");
    BOOST_TEST(channel.ask("SELECT last_error FROM delivery ORDER BY id LIMIT 1") == "as told");
    BOOST_TEST(channel.ask("SELECT count(*) FROM delivery WHERE begun <> 0") == "0");
    channel.later(std::chrono::hours(200));  // whoever is away long loses nothing
    worker.sweep();
    BOOST_TEST(channel.outcomes() == Words(3, "pending"), boost::test_tools::per_element());
    channel.target.verdicts.clear();
    channel.later(std::chrono::hours(1));
    worker.sweep();
    channel.check({"M1", "M1", "M1", "M1", "M2", "M3"});
    BOOST_TEST(channel.events.noted.all() == (Words{"destination_away", "destination_back"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_a_person_holds_while_it_is_on_its_way_is_not_sent_again) {
    Channel channel({"M1 A", "M2 B"});
    channel.target.verdicts["M2"] = Verdict::retry;
    channel.target.meanwhile = [&] { channel.change("UPDATE delivery SET state = 5 WHERE state = 0"); };
    auto worker = channel.worker();
    worker.sweep();
    channel.later(wait);
    worker.sweep();
    channel.check({"M1", "M2"});
    BOOST_TEST(channel.ask("SELECT group_concat(state, ' ') FROM (SELECT state FROM delivery ORDER BY id)") == "1 5");
}

BOOST_AUTO_TEST_CASE(one_that_a_person_holds_lets_pass_what_came_before_it) {
    for (const std::size_t page : {1u, 2u, 256u}) {
        Channel channel({"M1 A", "M2 A", "M3 A", "M4 B"});
        const auto heads = channel.site->deliveries().heads("orders/archive", {}, 100);
        const auto second = heads->at(1).id;
        auto& control = channel.site->control();
        BOOST_REQUIRE(control.decide({&second, 1}, {store::Instruction::Action::hold, "anna", {}, {}}).ok());
        auto worker = channel.worker(false, page);
        worker.sweep();
        channel.check({"M1", "M4"});
        BOOST_REQUIRE(control.decide({&second, 1}, {store::Instruction::Action::release, "anna", {}, {}}).ok());
        worker.look_again();
        worker.sweep();
        channel.check({"M1", "M4", "M2", "M3"});
    }
}

// What is in hand is given back at once, so that it can be changed; what is under way cannot.
BOOST_AUTO_TEST_CASE(what_a_person_decides_holds_for_everything_but_what_is_under_way) {
    using Action = store::Instruction::Action;
    Channel channel({"M1 A", "M2 B", "M3 B", "M4 C"});
    const auto heads = channel.site->deliveries().heads("orders/archive", {}, 100);
    auto& control = channel.site->control();
    auto worker = channel.worker();
    const auto decide = [&](std::size_t which, Action action, std::optional<std::string> payload = {}) {
        const auto id = heads->at(which).id;
        return control.decide({&id, 1}, {action, "anna", {}, std::move(payload)})->size();
    };
    channel.target.meanwhile = [&] {
        if (channel.target.payloads.size() > 1) return;
        for (const std::size_t which : {0u, 1u}) {
            BOOST_TEST(decide(which, Action::hold) == 1u);
            BOOST_TEST(decide(which, Action::release, "changed") == 0u);  // both had begun
        }
        worker.look_again();
    };
    worker.sweep();
    channel.check({"M1", "M4"});
    BOOST_TEST(channel.outcomes() == (Words{"delivered", "held", "pending", "delivered"}),
               boost::test_tools::per_element());
    BOOST_TEST(decide(1, Action::release, "changed") == 1u);
    worker.look_again();
    worker.sweep();
    channel.check({"M1", "M4", "M2", "M3"});
    BOOST_TEST(channel.target.payloads.back() == "content of M3");
    BOOST_TEST(channel.target.payloads[2] == "changed");
}

// Nothing says that it is in hand, so nothing keeps anybody from changing it.
BOOST_AUTO_TEST_CASE(where_no_beginning_is_noted_an_edit_counts_for_what_is_in_hand) {
    using Action = store::Instruction::Action;
    Channel channel({"M1 A", "M2 B"});
    auto options = Channel::options();
    options.repeatable = true;
    auto worker = channel.worker(options);
    const auto heads = channel.site->deliveries().heads("orders/archive", {}, 100);
    const auto second = heads->at(1).id;
    channel.target.meanwhile = [&] {
        if (channel.target.payloads.size() > 1) return;
        auto& control = channel.site->control();
        BOOST_REQUIRE(control.decide({&second, 1}, {Action::hold, "anna", {}, {}}).ok());
        BOOST_REQUIRE(control.decide({&second, 1}, {Action::release, "anna", {}, "changed"}).ok());
        worker.look_again();
    };
    worker.sweep();
    channel.check({"M1", "M2"});
    BOOST_TEST(channel.target.payloads.at(1) == "changed");
}

BOOST_AUTO_TEST_CASE(one_that_was_held_when_its_beginning_was_to_be_noted_is_noted_before_it_is_sent) {
    using Action = store::Instruction::Action;
    for (const bool told : {true, false}) BOOST_TEST_CONTEXT("told " << told) {  // of another node nobody tells
            Channel channel({"M1 A"});
            FailingQueue queue(channel.site->deliveries());
            DeliveryWorker worker(Channel::options(), {&channel.target}, queue, channel.site.clock, channel.events);
            const auto id = channel.site->deliveries().heads("orders/archive", {}, 1)->at(0).id;
            int begins = 0;
            const auto decide = [&](Action action) {
                if (begins > 0) return;
                BOOST_REQUIRE(channel.site->control().decide({&id, 1}, {action, "anna", {}, {}}).ok());
                if (told) worker.look_again();
            };
            queue.before_begin = [&] { decide(Action::hold); };
            queue.after_begin = [&] {
                decide(Action::release);
                ++begins;
            };
            channel.target.meanwhile = [&] {
                BOOST_TEST(channel.ask("SELECT count(*) FROM delivery WHERE begun <> 0") == "1");
            };
            worker.sweep();
            channel.check({"M1"});
            BOOST_TEST(begins == 2);
        }
}

BOOST_AUTO_TEST_CASE(of_a_stopped_destination_nothing_begins) {
    Channel channel({"M1 A", "M2 B"});
    auto& control = channel.site->control();
    auto worker = channel.worker();
    channel.target.meanwhile = [&] {
        BOOST_TEST(*control.stop("orders/archive", "anna", {}));
        worker.look_again();
    };
    worker.sweep();
    channel.check({"M1"});
    BOOST_TEST(channel.ask("SELECT sum(begun) FROM delivery") == "0");
    channel.target.meanwhile = nullptr;
    BOOST_TEST(*control.go_on("orders/archive"));
    worker.look_again();
    worker.sweep();
    channel.check({"M1", "M2"});
}

BOOST_AUTO_TEST_CASE(what_was_held_while_it_was_under_way_when_the_engine_ended_may_have_arrived) {
    Channel channel({"M1 A"});
    channel.begin_all();
    const auto id = channel.site->deliveries().heads("orders/archive", {}, 1)->front().id;
    auto& control = channel.site->control();
    BOOST_REQUIRE(control.decide({&id, 1}, {store::Instruction::Action::hold, "anna", {}, {}}).ok());
    auto worker = channel.worker();
    worker.sweep();
    worker.sweep();
    channel.check({});
    BOOST_TEST(channel.outcomes() == Words{"held"}, boost::test_tools::per_element());
    BOOST_TEST(channel.ask("SELECT count(*) FROM delivery_attempt WHERE verdict = 7") == "1");
    BOOST_TEST(control.decide({&id, 1}, {store::Instruction::Action::release, "anna", {}, "new"})->size() == 1u);
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

BOOST_AUTO_TEST_CASE(an_attempt_that_could_not_be_recorded_is_recorded_later_and_nothing_begins_meanwhile) {
    Channel channel({"M1 A"});
    FailingQueue queue(channel.site->deliveries());
    DeliveryWorker worker(Channel::options(), {&channel.target}, queue, channel.site.clock, channel.events);
    queue.records_fail = true;
    BOOST_TEST(worker.sweep());
    auto next = store::testing::unit("M2", {});
    next.effects.deliveries.push_back({"orders/archive", {}, true});
    channel.site.commit(next);
    worker.sweep();
    channel.check({"M1"});
    BOOST_TEST(channel.outcomes() == Words(2, "pending"), boost::test_tools::per_element());
    queue.records_fail = false;
    worker.sweep();
    channel.check({"M1", "M2"});
    BOOST_TEST(channel.outcomes() == Words(2, "delivered"), boost::test_tools::per_element());
    BOOST_TEST(channel.events.noted.all() == Words{"delivery_not_recorded"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_could_not_be_noted_to_begin_does_not_begin) {
    Channel channel({"M1 A", "M2 B"});
    FailingQueue queue(channel.site->deliveries());
    DeliveryWorker worker(Channel::options(), {&channel.target}, queue, channel.site.clock, channel.events);
    queue.begins_fail = true;
    BOOST_TEST(!worker.sweep());
    channel.check({});
    queue.begins_fail = false;
    worker.sweep();
    channel.check({"M1", "M2"});
}

BOOST_AUTO_TEST_CASE(several_connections_keep_the_order_of_every_lane) {
    Words messages;
    std::map<std::string, Words> wanted;
    for (int n = 0; n < 600; ++n) {
        const auto id = "M" + std::to_string(n), lane = "L" + std::to_string(n % 7 == 0 ? 0 : n % 23);
        messages.push_back(id + " " + lane);
        wanted[lane].push_back(id);
    }
    Channel channel(messages);
    runtime::testing::Tally all;
    std::vector<ScriptedDestination> targets(8);
    for (auto& target : targets) target.told = &all;
    auto options = Channel::options();
    options.connections = targets.size();
    options.page = 64;
    std::vector<Destination*> each;
    for (auto& target : targets) each.push_back(&target);
    DeliveryWorker worker(options, each, channel.site->deliveries(), channel.site.clock, channel.events);
    worker.start();
    BOOST_TEST(all.wait(messages.size()));
    worker.stop();
    std::map<std::string, Words> got;
    for (const auto& id : all.all()) {
        const auto n = std::stoi(id.substr(1));
        got["L" + std::to_string(n % 7 == 0 ? 0 : n % 23)].push_back(id);
    }
    BOOST_TEST((got == wanted));
    BOOST_TEST(channel.ask("SELECT count(*) FROM delivery WHERE state <> 1 OR begun <> 0") == "0");
}

// As where several commit at once: M1 has the smaller id, and appears when M2 was seen.
BOOST_AUTO_TEST_CASE(what_appears_late_is_not_overtaken_by_what_came_after_it) {
    Channel channel({"M1 A", "M2 B"});
    channel.change("UPDATE delivery SET state = 2 WHERE lane = 'A'");
    FailingQueue queue(channel.site->deliveries());
    queue.ordered = false;
    DeliveryWorker worker(Channel::options(), {&channel.target}, queue, channel.site.clock, channel.events);
    worker.sweep();
    channel.change("UPDATE delivery SET state = 0 WHERE lane = 'A'");
    auto next = store::testing::unit("M3", {});
    next.effects.ordering_key = "A";
    next.effects.deliveries.push_back({"orders/archive", {}, true});
    channel.site.commit(next);
    worker.sweep();
    channel.check({"M2", "M1", "M3"});
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

BOOST_AUTO_TEST_CASE(a_doubt_that_could_not_be_recorded_is_not_forgotten) {
    Channel channel({"M1 A"});
    channel.begin_all();
    FailingQueue queue(channel.site->deliveries());
    DeliveryWorker worker(Channel::options(), {&channel.target}, queue, channel.site.clock, channel.events);
    queue.records_fail = true;
    BOOST_TEST(!worker.sweep());
    channel.check({});
    queue.records_fail = false;
    BOOST_TEST(worker.sweep());
    channel.check({"M1"});
    BOOST_TEST(channel.ask("SELECT count(*) FROM delivery_attempt WHERE verdict = 7") == "1");
}

// Five hours back: what waits does so for no longer than it would have.
BOOST_AUTO_TEST_CASE(a_clock_that_is_set_back_makes_nobody_wait) {
    for (const bool restarted : {false, true}) {
        Channel channel({"M1 A", "M2 B"});
        channel.target.verdicts["M1"] = Verdict::retry;
        auto before = channel.worker();
        before.sweep();
        channel.check({"M1", "M2"});
        channel.later(-std::chrono::hours(5));
        channel.target.verdicts.clear();
        auto after = channel.worker();
        (restarted ? after : before).sweep();
        channel.check({"M1", "M2", "M1"});
    }
}

BOOST_AUTO_TEST_CASE(nor_does_it_where_nobody_was_there) {
    Channel channel({"M1 A"});
    channel.target.verdicts["M1"] = Verdict::away;
    auto worker = channel.worker();
    worker.sweep();
    channel.later(-std::chrono::hours(5));
    worker.sweep();
    channel.check({"M1", "M1"});
}

BOOST_AUTO_TEST_CASE(what_a_receiver_asked_for_before_the_clock_was_set_back_is_forgotten) {
    Channel channel({"M1 A"});
    channel.target.verdicts["M1"] = Verdict::retry;
    channel.target.not_within = std::chrono::minutes(50);
    auto worker = channel.worker();
    worker.sweep();
    channel.later(-std::chrono::minutes(3));
    channel.target.not_within = {};
    worker.sweep();
    channel.check({"M1", "M1"});
    // What is written down from now on counts.
    channel.target.verdicts.clear();
    worker.sweep();
    channel.check({"M1", "M1"});
    channel.later(wait);
    worker.sweep();
    channel.check({"M1", "M1", "M1"});
}

BOOST_AUTO_TEST_CASE(what_is_due_keeps_its_place_when_the_queue_could_not_be_read) {
    Channel channel({"M1 A"});
    FailingQueue queue(channel.site->deliveries());
    DeliveryWorker worker(Channel::options(), {&channel.target}, queue, channel.site.clock, channel.events);
    channel.target.verdicts["M1"] = Verdict::retry;
    BOOST_TEST(worker.sweep());
    channel.target.verdicts.clear();
    channel.receive("M2 A");
    channel.later(std::chrono::milliseconds(1500));
    queue.blocked_fails = true;
    BOOST_TEST(!worker.sweep());
    queue.blocked_fails = false;
    BOOST_TEST(worker.sweep());
    channel.check({"M1", "M1", "M2"});
}

// An answer that came apart: as a message brings it.
BOOST_AUTO_TEST_CASE(what_was_accepted_blocks_its_lane_and_is_not_sent_again_until_it_is_answered) {
    const struct {
        std::string answer;
        Words outcomes;
    } rows[] = {{"done", {"delivered", "delivered", "delivered"}},
                {"dead", {"dead", "delivered", "delivered"}},
                {"held", {"held", "pending", "delivered"}}};
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.answer) {
            Channel channel({"M1 A", "M2 A", "M3 B"});
            channel.target.verdicts["M1"] = Verdict::accepted;
            channel.target.answer_within = std::chrono::hours(1);
            for (int life = 0; life < 2; ++life) {
                auto worker = channel.worker();
                worker.sweep();
                channel.later(wait);
                worker.sweep();
                channel.check({"M1", "M3"});
                BOOST_TEST(channel.outcomes() == (Words{"pending", "pending", "delivered"}),
                           boost::test_tools::per_element());
            }
            channel.change("UPDATE delivery SET answer = '" + row.answer + "' WHERE answer_until <> 0");
            auto worker = channel.worker();
            worker.sweep();
            worker.answer_came();
            worker.sweep();
            BOOST_TEST(channel.outcomes() == row.outcomes, boost::test_tools::per_element());
            BOOST_TEST(channel.ask("SELECT count(*) FROM delivery_attempt WHERE delivery = "
                                   "(SELECT min(id) FROM delivery)") == "2");
        }
    }
}

BOOST_AUTO_TEST_CASE(an_answer_that_does_not_come_is_doubt) {
    for (const bool hold : {false, true}) {
        Channel channel({"M1 A", "M2 A"});
        channel.target.verdicts["M1"] = Verdict::accepted;
        channel.target.answer_within = std::chrono::hours(1);
        auto options = Channel::options(hold ? DeliveryWorker::InDoubt::hold : DeliveryWorker::InDoubt::resend);
        options.retry.horizon = std::chrono::hours(24);
        auto worker = channel.worker(options);
        worker.sweep();
        channel.check({"M1"});
        channel.target.verdicts.clear();
        channel.later(std::chrono::hours(1) + wait);
        worker.sweep();
        channel.later(4 * wait);
        worker.answer_came();
        worker.sweep();
        BOOST_TEST(channel.ask("SELECT count(*) FROM delivery_attempt WHERE verdict = 7") == "1");
        if (hold)
            BOOST_TEST(channel.outcomes() == (Words{"in_doubt", "pending"}), boost::test_tools::per_element());
        else
            channel.check({"M1", "M1", "M2"});
    }
}

BOOST_AUTO_TEST_CASE(an_answer_that_comes_too_late_settles_what_is_held_in_doubt) {
    const struct {
        std::string answer;
        Words outcomes;
    } rows[] = {{"done", {"delivered", "delivered"}}, {"dead", {"dead", "delivered"}}, {"held", {"held", "pending"}}};
    for (const auto& row : rows)
        for (const bool restarted : {false, true}) {
            Channel channel({"M1 A", "M2 A"});
            channel.target.verdicts["M1"] = Verdict::in_doubt;
            const auto options = Channel::options(DeliveryWorker::InDoubt::hold);
            auto worker = channel.worker(options);
            worker.sweep();
            BOOST_TEST(channel.outcomes() == (Words{"in_doubt", "pending"}), boost::test_tools::per_element());
            channel.change("UPDATE delivery SET answer = '" + row.answer + "' WHERE state = 7");
            auto next = channel.worker(options);
            auto& who = restarted ? next : worker;
            if (!restarted) worker.answer_came();
            who.sweep();
            who.sweep();
            BOOST_TEST(channel.outcomes() == row.outcomes, boost::test_tools::per_element());
            BOOST_TEST(channel.target.attempts.all().front() == "M1");
            BOOST_TEST(channel.target.attempts.all().size() == (row.answer == "held" ? 1u : 2u));
            // The doubt stays in the history.
            BOOST_TEST(channel.ask("SELECT count(*) FROM delivery_attempt WHERE verdict = 7") == "1");
            BOOST_TEST(channel.ask("SELECT count(*) FROM delivery_attempt WHERE detail = 'judged'") == "1");
        }
}

BOOST_AUTO_TEST_CASE(an_answer_that_came_before_the_crash_is_proof) {
    Channel channel({"M1 A"});
    channel.begin_all();
    channel.change("UPDATE delivery SET answer = 'done'");
    auto worker = channel.worker();
    worker.sweep();
    channel.check({});
    BOOST_TEST(channel.outcomes() == Words{"delivered"}, boost::test_tools::per_element());
    BOOST_TEST(channel.ask("SELECT count(*) FROM delivery_attempt WHERE verdict = 7") == "0");
}

BOOST_AUTO_TEST_CASE(what_is_heard_is_written_down_before_it_is_confirmed) {
    Channel channel({"M1 A"});
    channel.target.verdicts["M1"] = Verdict::accepted;
    channel.target.answer_within = std::chrono::hours(1);
    const auto head = channel.site->deliveries().heads("orders/archive", {}, 1)->front();
    channel.target.to_hear = {{head.id, "done"}};
    std::string when_heard;
    channel.target.when_heard = [&] { when_heard = channel.ask("SELECT answer FROM delivery"); };
    auto worker = channel.worker();
    worker.sweep();
    worker.sweep();
    BOOST_TEST(when_heard == "done");
    BOOST_TEST(channel.outcomes() == Words{"delivered"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
