// Random operations on a real store and real delivery workers, against a model of the ledger: messages that come, are
// doubled, refused and filtered; receivers that take, refuse, fall silent or are away; persons who hold, release, edit,
// discard and send again, also while a delivery is under way; destinations stopped, reloaded with other options;
// retention by age and number, of contents and of rows; a clock that is set back and forth; a database that fails; the
// engine ended in the middle of anything. The model is compared after every operation.
//
//   durability_model DATA [--steps N] [--seed N] [--database sqlite|postgresql]
//
// Equal seeds do the same. Last line: N passed, N failed.
#include <algorithm>
#include <array>
#include <cstdio>
#include <deque>

#include "engine/runtime/delivery_worker.hpp"
#include "tests/durability/database.hpp"
#include "tests/durability/drawn_unit.hpp"
#include "tests/durability/ledger_comparison.hpp"
#include "tests/durability/persons.hpp"
#include "tests/durability/run_options.hpp"
#include "tests/durability/watched_queue.hpp"

namespace {

using namespace gantry;
using namespace gantry::durability;
using effects::Outcome;
using runtime::Destination, runtime::DeliveryWorker;
using Action = store::Instruction::Action;
using Verdict = Destination::Verdict;

constexpr Instant start_of_time{1'795'424'400'000'000};
const std::vector<std::string> names{"forward/a", "forward/b", "forward/c"};
constexpr std::int64_t second = 1'000'000;
constexpr std::chrono::hours window(1);  // in which a copy is a duplicate
constexpr unsigned steps_of_an_episode = 300, steps_between_words = 50'000, steps_between_documents = 16;
constexpr int most_releases = 25;
constexpr std::size_t operations_shown = 60;

class ModelRun {
  public:
    ModelRun(unsigned seed, std::string store, std::filesystem::path data)
        : seed_(seed), data_(std::move(data)), draws_(seed) {
        options_.url = std::move(store);
        options_.committers = 1;
        options_.duplicate_window = window;
        open();
        ledger_ = open_ledger(options_.url, data_);
        for (const auto& name : names) places_.push_back(std::make_unique<Place>(name));
        for (auto& place : places_) configure(*place);
    }

    void run(unsigned steps) {
        for (; step_ < steps; ++step_) {
            tell_time();
            operation();
            compare();
            if (step_ % steps_of_an_episode == steps_of_an_episode - 1) end_episode();
            if (step_ % steps_between_words == steps_between_words - 1) {
                std::printf("%u steps so far\n", step_ + 1);
                std::fflush(stdout);
            }
        }
        end_episode();
        std::printf(
            "%u steps with seed %u: %ld messages, %ld attempts, %ld in doubt, %ld crashes, %ld faults, "
            "%ld jumps of the clock, %ld passes of "
            "retention that removed %ld contents and %ld messages\n",
            steps, seed_, messages_, attempts_, doubts_, crashes_, faults_seen_, jumps_, passes_, removed_contents_,
            removed_messages_);
        require(messages_ > 0 && attempts_ > 0, "nothing was done");
    }

    void tell_last_operations() const {
        std::printf("seed %u, step %u; what came last:\n", seed_, step_);
        for (const auto& line : said_) std::printf("  %s\n", line.c_str());
        std::printf("what waits (delivery, destination, lanes, state, attempts, due in seconds, begun):\n");
        const auto now = std::to_string(clock_.now().micros);
        for (const auto& row :
             ledger_->rows(R"(SELECT "id", "destination", "lane", "state", "attempts", ("next_attempt" - )" + now +
                           R"() / 1000000, "begun" FROM "delivery" WHERE "state" IN (0, 5, 7) ORDER BY "id")")) {
            for (const auto& value : row) std::printf("  %s", value.c_str());
            std::printf("\n");
        }
    }

  private:
    // One destination, its receiver and its worker.
    struct Place final : Destination {
        explicit Place(std::string as) : name(std::move(as)) {}
        Answer deliver(const store::DeliveryWork& work) override { return answer(work); }

        std::string name;
        std::function<Answer(const store::DeliveryWork&)> answer;
        std::array<double, 6> weights{1, 0, 0, 0, 0, 0};  // of the verdicts
        LedgerModel::Worker rules;
        bool fresh = false;  // its worker has not looked at the queue yet
        DeliveryWorker::Options options;
        std::unique_ptr<WatchedQueue> queue;
        std::unique_ptr<DeliveryWorker> worker;
    };

    void say(std::string line) {
        said_.push_back(std::to_string(step_) + ": " + std::move(line));
        if (said_.size() > operations_shown) said_.pop_front();
    }
    void tell_time() { model_.set_now(clock_.now()); }
    void later(std::int64_t micros) {
        clock_.set({clock_.now().micros + micros});
        tell_time();
    }

    void open() {
        auto opened = store::open(options_, data_, clock_, events::nowhere());
        require(opened.ok(), opened.ok() ? "" : opened.error().text());
        store_ = std::move(*opened);
    }

    // As a configuration that was changed: whatever the destination was before.
    void configure(Place& place) {
        using InDoubt = DeliveryWorker::InDoubt;
        auto& options = place.options;
        options = {};
        options.destination = place.name;
        options.retry.first = std::chrono::milliseconds(1000);
        options.retry.cap = std::chrono::seconds(draws_.one_in(2) ? 1 : 20);
        options.retry.horizon = draws_.one_in(3) ? std::chrono::seconds(60) : std::chrono::hours(72);
        options.page = std::array<std::size_t, 4>{1, 2, 8, 256}[draws_.below(4)];
        options.strict = draws_.one_in(4);
        options.ranked = !options.strict && draws_.one_in(2);
        options.repeatable = draws_.one_in(5);
        options.in_doubt = draws_.one_in(2) ? InDoubt::hold : InDoubt::resend;
        options.connections = 1 + draws_.below(4);
        place.rules = {options.strict, options.repeatable, options.in_doubt == InDoubt::hold,
                       std::chrono::microseconds(options.retry.horizon).count(), second / 10};
        hire(place);
    }

    void hire(Place& place) {
        place.worker.reset();
        model_.forget_worker(place.name);
        place.fresh = true;
        place.queue = std::make_unique<WatchedQueue>(
            store_->deliveries(), faults_,
            WatchedQueue::Hooks{[this] { meanwhile(); }, [this, &place] { model_.read_page(place.name); },
                                [this, &place] { model_.read_anew(place.name); },
                                [this, &place] { model_.read_held(place.name); },
                                [this](auto ids) {
                                    for (const auto id : ids) say("  begins " + std::to_string(id.value));
                                    model_.begin(ids);
                                },
                                [this](auto ids) { model_.take_in_hand(ids); },
                                [this, &place](auto attempts) { recorded(place, attempts); }});
        place.answer = [this, &place](const auto& work) { return deliver(place, work); };
        place.worker = std::make_unique<DeliveryWorker>(place.options, std::vector<Destination*>{&place}, *place.queue,
                                                        clock_, events::nowhere());
    }

    void recorded(Place& place, std::span<const store::Deliveries::Attempt> attempts) {
        for (const auto& attempt : attempts) {
            say("  recorded " + std::to_string(attempt.delivery.value) + " " + std::string(to_text(attempt.state)) +
                " kind " + std::to_string(static_cast<int>(attempt.kind)));
            attempts_ += attempt.kind == store::Deliveries::Attempt::Kind::not_made ? 0 : 1;
            doubts_ += attempt.kind == store::Deliveries::Attempt::Kind::doubtful ? 1 : 0;
        }
        model_.record(attempts, place.rules);
    }

    Destination::Answer deliver(Place& place, const store::DeliveryWork& work) {
        model_.send(work, place.rules);
        const auto verdict = draw_verdict(place);
        const bool takes = verdict == Verdict::delivered || (verdict == Verdict::in_doubt && draws_.one_in(2));
        say("  " + place.name + " is sent " + std::to_string(work.id.value) + ": verdict " +
            std::to_string(static_cast<int>(verdict)) + (takes ? ", takes it" : ""));
        meanwhile();
        if (takes) model_.take(work.id.value);
        faults_.count();
        if (draws_.one_in(4)) later(draws_.below(3000));
        model_.end(work, verdict, place.rules);
        return {verdict, "as drawn"};
    }

    Verdict draw_verdict(const Place& place) { return static_cast<Verdict>(draws_.weighed(place.weights)); }

    // What others do while a worker is at work.
    void meanwhile() {
        if (calm_ || !draws_.one_in(12)) return;
        draws_.one_in(3) ? receive() : persons_.decide();
    }

    void operation() {
        const auto what = draws_.below(100);
        if (what < 30) return receive();
        if (what < 66) return sweep(*draws_.any(places_));
        if (what < 75) return time_passes();
        if (what < 87) return persons_.decide();
        if (what < 92) return persons_.stop_or_go_on(draws_.any(places_)->name);
        if (what < 95) return reload();
        if (what < 98) return mood();
        draws_.one_in(2) ? retain() : crash("between two sweeps");
    }

    void time_passes() {
        if (draws_.one_in(60)) return clock_jumps();
        const auto by = draws_.one_in(5) ? draws_.below(100) * second : std::int64_t{draws_.below(3000)} * 1000;
        later(by);
        say("time passes: " + std::to_string(by / 1000) + " ms");
    }

    // By hours, in either direction, and every other time to where it would be, or a little later.
    void clock_jumps() {
        auto by = (static_cast<std::int64_t>(draws_.below(600)) - 300) * 60 * second;
        if (draws_.one_in(2)) by = std::int64_t{draws_.below(120)} * 60 * second - clock_off_;
        clock_off_ += by;
        later(by);
        ++jumps_;
        jumped_ = true;
        say("the clock is set by " + std::to_string(by / second) + " s");
    }

    void receive() {
        if (!last_.content.empty() && draws_.one_in(12)) return receive_again();
        std::vector<DrawnDestination> destinations;
        for (const auto& place : places_) destinations.push_back({place->name, place->options.ranked});
        auto drawn = drawn_unit(draws_, "C" + std::to_string(++messages_), clock_.now(), destinations);
        if (drawn.outcome != Outcome::rejected && drawn.outcome != Outcome::held) last_ = drawn.unit;
        const auto unit = drawn.unit;
        const auto message = commit(drawn.unit, drawn.outcome);
        const bool queues = drawn.outcome == Outcome::pending;
        read_queued(message, unit, queues ? unit.effects.deliveries : std::vector<effects::DeliveryRequest>());
    }

    void receive_again() {
        auto unit = last_;
        const bool old =
            clock_.now().micros - unit.received.micros > std::chrono::microseconds(window).count() * 9 / 10;
        if (!old) (void)commit(unit, Outcome::duplicate);
    }

    store::RetentionPolicy drawn_policy() {
        store::RetentionPolicy out;
        if (draws_.one_in(2)) out.content_age = std::chrono::minutes(draws_.below(300));
        if (draws_.one_in(2)) out.message_age = std::chrono::minutes(draws_.below(600));
        if (draws_.one_in(2)) out.messages = 500 + draws_.below(3000);
        return out;
    }

    // One pass; now and then the engine ends within it, and begins another.
    void retain() {
        const auto policy = drawn_policy();
        if (!policy.limits_anything()) return;
        LedgerModel::Removed removed;
        const auto step = [&] {
            const auto done = store_->retention().remove_some(policy, clock_.now(), 1 + draws_.below(300));
            require(done.ok(), "retention failed");
            removed.contents += done->contents;
            removed.messages += done->messages;
            return done->finished;
        };
        bool finished = false;
        for (auto steps = draws_.one_in(4) ? draws_.below(6) : 1000u; steps > 0 && !finished; --steps)
            finished = step();
        if (!finished) crash("in a pass of retention");
        while (!finished) finished = step();
        const auto expected = model_.retain(policy, window);
        say("retention removes " + std::to_string(removed.contents) + " contents, " + std::to_string(removed.messages) +
            " messages; expected " + std::to_string(expected.contents) + ", " + std::to_string(expected.messages));
        require(removed.contents == expected.contents && removed.messages == expected.messages,
                "retention removed more or less than it should");
        compare_what_is_kept(model_, *ledger_);
        ++passes_;
        removed_contents_ += removed.contents;
        removed_messages_ += removed.messages;
    }

    std::int64_t commit(store::Unit& unit, Outcome expected) {
        const auto done = store_->intake().commit({&unit, 1});
        require(done.size() == 1 && done.front().durable, "a message was not stored");
        const auto& outcome = done.front().outcome;
        say("message " + unit.control_id + " is " + std::string(to_text(outcome.outcome)) + " as " +
            std::to_string(outcome.message));
        require(outcome.outcome == expected, "a message is not what it should be: " + unit.control_id);
        model_.receive(outcome.message, expected);
        return outcome.message;
    }

    void read_queued(std::int64_t message, const store::Unit& unit,
                     const std::vector<effects::DeliveryRequest>& requests) {
        const auto rows = ledger_->rows("SELECT \"id\", \"destination\" FROM \"delivery\" WHERE \"message\" = " +
                                        std::to_string(message) + " ORDER BY \"id\"");
        require(rows.size() == requests.size(), "a message has other deliveries than it asks for");
        for (std::size_t i = 0; i < rows.size(); ++i) {
            require(rows[i][1] == requests[i].destination, "a delivery goes somewhere else");
            LedgerModel::Delivery delivery;
            delivery.id = std::stoll(rows[i][0]);
            delivery.message = message;
            delivery.destination = requests[i].destination;
            delivery.payload = requests[i].as_received ? unit.content : requests[i].payload;
            const auto& key = unit.effects.ordering_key;
            const auto cut = key.find(effects::key_separator);
            delivery.lanes = {key.substr(0, cut), cut == std::string::npos ? key : key.substr(cut + 1)};
            say("  delivery " + rows[i][0] + " to " + delivery.destination);
            model_.queue(std::move(delivery));
        }
    }

    void reload() {
        auto& place = *draws_.any(places_);
        say("reload " + place.name);
        configure(place);
    }

    void mood() {
        auto& place = *draws_.any(places_);
        place.weights = {12, 0, 0, 0, 0, 0};
        for (auto& weight : place.weights) weight += draws_.below(4);
        if (draws_.one_in(3)) place.weights = {1, 0, 0, 0, 0, 0};
        if (draws_.one_in(6)) place.weights = {0, 0, 0, 0, 0, 1};
        say("another mood at " + place.name);
    }

    void sweep(Place& place) {
        faults_ = {};
        const bool restarted = std::exchange(place.fresh, false);
        if (!calm_ && draws_.one_in(15)) faults_.crash_at = static_cast<int>(draws_.below(25));
        if (!calm_ && draws_.one_in(restarted ? 3 : 12))
            faults_.fail_from = static_cast<int>(draws_.below(12)),
            faults_.fail = 1 + static_cast<int>(draws_.below(3));
        say("sweep " + place.name);
        try {
            (void)place.worker->sweep();
        } catch (const Crash&) {
            return crash("in a sweep");
        }
        if (faults_.happened()) ++faults_seen_;
        if (!faults_.happened()) model_.check_nothing_in_hand(place.name);
        faults_ = {};
    }

    void look_again(const std::string& name) {
        for (auto& place : places_)
            if (place->name == name && place->worker) place->worker->look_again();
    }

    void crash(const std::string& where) {
        say("crash " + where);
        ++crashes_;
        faults_ = {};
        for (auto& place : places_) place->worker.reset();
        store_.reset();
        open();
        for (auto& place : places_) hire(*place);
    }

    // All receivers take what they get: then everything leaves that no person has to decide, and after all was
    // released, everything.
    void end_episode() {
        calm_ = true;
        for (auto& place : places_) {
            place->weights = {1, 0, 0, 0, 0, 0};
            if (model_.is_stopped(place->name)) persons_.go_on(place->name);
        }
        say("end of an episode");
        // A worker that began after the clock was set back takes a wait of up to an hour for one that a receiver asked
        // for.
        // It has looked before: a longer one is known to be none.
        if (std::exchange(jumped_, false)) {
            drain();
            later(3601 * second);
        }
        drain();
        for (const auto& place : places_) model_.check_all_made(place->name, place->rules.strict);
        // An attempt that may have arrived is seen when what is before it in its lanes is finished; then it waits
        // itself.
        for (int round = 0; round < most_releases && any_waits(); ++round) {
            release_all();
            drain();
        }
        for (const auto& [id, delivery] : model_.deliveries())
            require(!delivery.is_open(), "delivery " + std::to_string(id) + " is stranded after all was released");
        compare_sums();
        if (!model_.messages().empty()) floor_ = model_.messages().rbegin()->first;
        if (!model_.deliveries().empty()) floor_ = std::max(floor_, model_.deliveries().rbegin()->first);
        model_.close();
        last_ = {};
        calm_ = false;
        for (int i = 0; i < 3; ++i) mood();
    }

    bool any_waits() const {
        const auto& all = model_.deliveries();
        return std::any_of(all.begin(), all.end(),
                           [](const auto& one) { return one.second.is_open() || one.second.state == Outcome::dead; });
    }

    // Longer waits than any retry takes, and a reading of the whole queue in each.
    void drain() {
        for (int round = 0; round < 3; ++round) {
            later(21 * second);
            for (auto& place : places_) sweep(*place);
            compare();
        }
    }

    // Or, what is dead, discarded.
    void release_all() {
        const auto then_dead = draws_.one_in(2) ? Action::release : Action::discard;
        for (const auto& place : places_) {
            for (const auto state : {Outcome::held, Outcome::in_doubt, Outcome::dead}) {
                store::Instruction instruction{
                    state == Outcome::dead ? then_dead : Action::release, "somebody", {}, {}};
                persons_.decide_all({place->name, {state}, {}}, instruction);
            }
        }
    }

    void compare() {
        compare_with_ledger(model_, *ledger_, floor_);
        if (step_ % steps_between_documents == 0) compare_documents(*ledger_);
    }

    // received = the sum over the outcomes, since the beginning.
    void compare_sums() {
        std::map<Outcome, std::int64_t> counted;
        const auto counts = store_->ledger().counts();
        require(counts.ok(), "the ledger cannot be counted");
        for (const auto& count : *counts) counted[count.outcome] = count.messages;
        require(counted == model_.sums(), "the sums do not match");
        const auto sums = store_->ledger().sums();
        require(sums.ok() && sums->difference() == 0, "received is not the sum of the outcomes");
        for (std::size_t i = 0; i < sums->outcomes.size(); ++i) {
            const auto rows = counted.find(static_cast<Outcome>(i));
            require(sums->outcomes.at(i) == (rows == counted.end() ? 0 : rows->second),
                    "the sums are not those of the rows");
        }
        const auto pending = store_->ledger().pending_deliveries();
        require(pending.ok() && *pending == 0, "deliveries are left over");
    }

    unsigned seed_, step_ = 0;
    std::filesystem::path data_;
    Draws draws_;
    store::StoreOptions options_;
    FixedClock clock_{start_of_time};
    LedgerModel model_;
    Faults faults_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<Ledger> ledger_;
    std::vector<std::unique_ptr<Place>> places_;  // before the store ends
    Persons persons_{names,
                     [this]() -> store::Store& { return *store_; },
                     model_,
                     draws_,
                     [this](const std::string& name) { look_again(name); },
                     [this](std::string line) { say(std::move(line)); }};
    store::Unit last_;
    std::deque<std::string> said_;
    std::int64_t floor_ = 0, clock_off_ = 0;
    long jumps_ = 0, passes_ = 0, removed_contents_ = 0, removed_messages_ = 0;
    long messages_ = 0, attempts_ = 0, doubts_ = 0, crashes_ = 0, faults_seen_ = 0;
    bool calm_ = false, jumped_ = false;  // jumped: the clock, in this episode
};

}  // namespace

int main(int count, char** arguments) {
    if (count < 2 || count % 2 != 0) {
        std::fprintf(stderr, "usage: durability_model DATA [--NAME VALUE]…\n");
        return 2;
    }
    RunOptions options{{}, {}, arguments[1], {}};
    for (int i = 2; i < count; i += 2) options.values[std::string(arguments[i]).substr(2)] = arguments[i + 1];
    std::unique_ptr<ModelRun> run;
    try {
        Database database;
        if (options.text("database", "sqlite") == "postgresql") {
            database.server = std::make_unique<store::testing::PostgresServer>();
            database.store = database.server->url("postgres");
        }
        run = std::make_unique<ModelRun>(options.number("seed", 1), database.store, options.data);
        run->run(options.number("steps", 3000));
        run.reset();
        std::printf("1 passed, 0 failed\n");
        return 0;
    } catch (const std::exception& failure) {
        if (run) run->tell_last_operations();
        std::printf("FAILED %s\n0 passed, 1 failed\n", failure.what());
        std::fflush(stdout);
        std::_Exit(1);
    }
}
