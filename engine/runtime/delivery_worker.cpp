#include "engine/runtime/delivery_worker.hpp"

#include <algorithm>

namespace gantry::runtime {
namespace {

using effects::Outcome;
using Verdict = Destination::Verdict;
using Attempt = store::Deliveries::Attempt;

constexpr std::int64_t longest_wait = 1'000'000;  // another process may add deliveries without waking us
constexpr std::int64_t wait_for_store = 200'000;
constexpr std::int64_t between_whole_readings = 2'000'000;
// No transaction that brings messages in takes longer: what it adds appears so late at most.
constexpr std::int64_t latest_appearance = 60'000'000;
// So many keys that fail are no longer single mistakes: nothing new is read until some of them are due again.
constexpr std::size_t most_waiting_lanes = 10'000;
// An attempt under way when the program stops may end by itself for so long.
constexpr std::chrono::seconds grace{3};
// What a receiver may ask for at a time: one that is wrong about it must not stop a lane for days.
constexpr std::chrono::seconds most_asked{3600};

// Deliveries in hand. After a crash they are in doubt: as few as possible where a person has to look at each.
std::size_t window(const DeliveryWorker::Options& options) {
    if (options.in_doubt == DeliveryWorker::InDoubt::hold && !options.repeatable) return options.connections;
    return std::max<std::size_t>(options.page, 4 * options.connections);
}

Outcome state_after(Verdict verdict, DeliveryWorker::InDoubt policy) {
    switch (verdict) {
        case Verdict::delivered:
            return Outcome::delivered;
        case Verdict::refused:
            return Outcome::dead;
        case Verdict::held:
            return Outcome::held;
        case Verdict::in_doubt:
            return policy == DeliveryWorker::InDoubt::hold ? Outcome::in_doubt : Outcome::pending;
        case Verdict::retry:
        case Verdict::away:
            return Outcome::pending;
    }
    return Outcome::pending;
}

Attempt::Kind kind_of(Verdict verdict) {
    if (verdict == Verdict::away) return Attempt::Kind::not_made;
    return verdict == Verdict::in_doubt ? Attempt::Kind::doubtful : Attempt::Kind::made;
}

Lanes::End end_of(Outcome state) {
    if (state == Outcome::pending) return Lanes::End::again;
    return state == Outcome::held || state == Outcome::in_doubt ? Lanes::End::blocked : Lanes::End::done;
}

}  // namespace

DeliveryWorker::DeliveryWorker(Options options, std::vector<Destination*> targets, store::Deliveries& queue,
                               const Clock& clock, events::Sink& events)
    : options_(std::move(options)),
      targets_(std::move(targets)),
      queue_(queue),
      clock_(clock),
      events_(events),
      lanes_(options_.strict ? window(options_) : std::max<std::size_t>(window(options_) / 8, 1)),
      random_(static_cast<std::minstd_rand::result_type>(std::hash<std::string>()(options_.destination))) {}

DeliveryWorker::~DeliveryWorker() {
    stop();
}

void DeliveryWorker::start() {
    coordinator_ = std::thread([this] { coordinate(); });
    for (auto* target : targets_) senders_.emplace_back([this, target] { send(*target); });
}

void DeliveryWorker::stop() {
    {
        Lock lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
        sendable_.notify_all();
        if (!coordinator_.joinable()) return;
        const auto quiet = [this] { return lanes_.under_way() == 0; };
        if (!changed_.wait_for(lock, grace, quiet))
            for (auto* target : targets_) target->interrupt();
    }
    for (auto& sender : senders_) sender.join();
    coordinator_.join();
    senders_.clear();
    finish_what_is_left();
}

void DeliveryWorker::wake() {
    {
        const Lock lock(mutex_);
        if (woken_) return;
        woken_ = true;
    }
    changed_.notify_all();
}

void DeliveryWorker::coordinate() {
    Lock lock(mutex_);
    while (!stopping_) {
        const auto wait = std::max<std::int64_t>(next_look().micros - clock_.now().micros, 1000);
        changed_.wait_for(lock, std::chrono::microseconds(wait), [this] {
            if (woken_ || stopping_) return true;
            return !trouble_ && (!ended_.empty() || (lanes_.wants_reread() && may_read(clock_.now())));
        });
        if (stopping_) return;
        woken_ = false;
        lock.unlock();
        const bool done = record() && read();
        lock.lock();
        trouble_ = !done;
    }
}

Instant DeliveryWorker::next_look() const {
    const auto now = clock_.now();
    if (trouble_) return {now.micros + wait_for_store};
    auto at = now.micros + longest_wait;
    if (const auto due = lanes_.next_release()) at = std::min(at, due->micros);
    if (away_.failures > 0 && away_.until > now) at = std::min(at, away_.until.micros);
    return {at};
}

void DeliveryWorker::send(Destination& target) {
    for (;;) {
        auto work = take();
        if (!work) return;
        attempt(target, *work);
    }
}

std::optional<store::DeliveryWork> DeliveryWorker::take() {
    Lock lock(mutex_);
    for (;;) {
        if (stopping_) return std::nullopt;
        const auto now = clock_.now();
        const bool slot = options_.rate == 0 || next_slot_ <= now;
        if (const auto id = slot ? lanes_.take() : std::nullopt) {
            next_slot_ = {now.micros + (options_.rate == 0 ? 0 : 1'000'000 / static_cast<std::int64_t>(options_.rate))};
            return std::move(prepared_.extract(*id).mapped());
        }
        if (slot)
            sendable_.wait(lock);
        else
            sendable_.wait_for(lock, std::chrono::microseconds(next_slot_.micros - now.micros));
    }
}

void DeliveryWorker::attempt(Destination& target, const store::DeliveryWork& work) {
    const auto started = clock_.now();
    // Nobody can repair it here, and what waits behind it must not wait for ever.
    auto answer = work.damaged ? Destination::Answer{Verdict::refused, "its stored content cannot be read", {}}
                               : target.deliver(work);
    const bool away = answer.verdict == Verdict::away;
    const auto result = judged(work, std::move(answer), started);
    bool was_away = false;
    {
        const Lock lock(mutex_);
        was_away = away_.failures > 0;
        ended(work, result, away);
    }
    changed_.notify_all();
    sendable_.notify_all();
    if (away != was_away) tell_presence(away);
    if (!away) tell(result, work.attempts + 1);
}

Attempt DeliveryWorker::judged(const store::DeliveryWork& work, Destination::Answer answer, Instant started) {
    Attempt out;
    out.delivery = work.id;
    out.number = work.attempts + 1;
    out.started = started;
    out.finished = clock_.now();
    out.kind = kind_of(answer.verdict);
    out.state = state_after(answer.verdict, options_.in_doubt);
    out.detail = std::move(answer.detail);
    const auto asked = std::clamp(answer.not_within, std::chrono::seconds(0), most_asked);
    const bool counts = out.kind != Attempt::Kind::not_made;
    if (counts && out.state == Outcome::pending && options_.retry.exhausted(out.finished, work.received))
        out.state = Outcome::dead;
    if (counts && out.state == Outcome::pending) {
        const Lock lock(mutex_);
        out.next_attempt = std::max(options_.retry.next(out.finished, work.attempts + 1, random_()),
                                    Instant{out.finished.micros + std::chrono::microseconds(asked).count()});
    }
    return out;
}

void DeliveryWorker::ended(const store::DeliveryWork& work, const Attempt& attempt, bool away) {
    ended_.push_back(attempt);
    if (away) {
        not_made(lanes_.give_back(work.id));
        now_away(attempt.finished);
        return;
    }
    away_ = {};
    not_made(lanes_.end(work.id, end_of(attempt.state), attempt.next_attempt));
}

void DeliveryWorker::now_away(Instant now) {
    // Several connections may notice the same absence.
    if (away_.failures == 0 || away_.until <= now)
        away_ = {away_.failures + 1, options_.retry.next(now, away_.failures + 1, random_())};
    not_made(lanes_.give_back_all());
}

// They were begun, and nothing was sent: after a crash there is no doubt about them.
void DeliveryWorker::not_made(const std::vector<DeliveryId>& deliveries) {
    for (const auto id : deliveries) {
        prepared_.erase(id);
        if (options_.repeatable) continue;
        auto& none = ended_.emplace_back();
        none.delivery = id;
        none.state = Outcome::pending;
        none.kind = Attempt::Kind::not_made;
    }
}

bool DeliveryWorker::record() {
    Attempts attempts;
    {
        const Lock lock(mutex_);
        attempts.swap(ended_);
    }
    const bool recorded = attempts.empty() || queue_.record(attempts).ok();
    const Lock lock(mutex_);
    if (!recorded) ended_.insert(ended_.begin(), attempts.begin(), attempts.end());
    if (!recorded && !std::exchange(unrecorded_, true))
        events::emit(events_, "delivery_not_recorded", events::Level::error,
                     "what became of deliveries could not be recorded; it is tried again, and nothing new begins",
                     {{"destination", ConfigName(options_.destination)}});
    if (recorded) unrecorded_ = false;
    return recorded;
}

// While nobody is there one is tried at a time.
std::size_t DeliveryWorker::room() const {
    const auto most = away_.failures > 0 ? 1 : window(options_);
    return most - std::min(most, lanes_.in_hand());
}

// Not for every single place that becomes free: a page costs the same for one as for many.
bool DeliveryWorker::may_read(Instant now) const {
    const auto enough = away_.failures > 0 ? 1 : std::max<std::size_t>(window(options_) / 4, 1);
    return !stopping_ && (away_.failures == 0 || away_.until <= now) && room() >= enough &&
           lanes_.waiting() < most_waiting_lanes;
}

// True when the reading begins with the first of the queue.
bool DeliveryWorker::start_over(Instant now) {
    const Lock lock(mutex_);
    const bool due = lanes_.release(now);
    if (!may_read(now)) {
        if (due) swept_.reset();
        return false;
    }
    const bool whole = due || !swept_ || lanes_.wants_reread() ||
                       now.micros - swept_->micros >= between_whole_readings || now < *swept_;
    return whole;
}

bool DeliveryWorker::read() {
    const auto now = clock_.now();
    if (start_over(now)) {
        const auto blocked = queue_.blocked_lanes(options_.destination);
        if (!blocked) {
            swept_.reset();  // lanes whose wait is over are free already: their first must be seen before what is new
            return false;
        }
        std::vector<Lanes::Names> lanes;
        for (const auto& lane : *blocked) lanes.push_back(lanes_of(lane));
        const Lock lock(mutex_);
        lanes_.reread(lanes);
        swept_ = now;
        seen_ = {};
    }
    // What the same sender sent later must not be seen first.
    if (!queue_.in_order()) seen_ = std::min(seen_, DeliveryId{IdSource::first_at({now.micros - latest_appearance})});
    for (bool more = true; more;) {
        {
            const Lock lock(mutex_);
            if (!may_read(now) || lanes_.wants_reread()) return true;
        }
        const auto page = queue_.heads(options_.destination, seen_, options_.page);
        if (!page) return false;
        if (page->empty()) return true;
        const auto choice = choose(*page);
        more = page->size() == options_.page && !choice.again;
        const bool settled = choice.doubts.empty() || queue_.record(choice.doubts);
        if (!settled) give_back(choice.chosen);
        const bool begun = settled && begin(choice.chosen);
        if (!begun || choice.again) swept_.reset();
        if (!begun) return false;
    }
    return true;
}

// Those of the page that can be taken in. What cannot is left in the queue, and its lanes wait.
DeliveryWorker::Choice DeliveryWorker::choose(const std::vector<store::DeliveryHead>& page) {
    Choice out;
    const Lock lock(mutex_);
    const auto now = clock_.now();
    for (const auto& head : page) {
        if (room() == 0) break;
        if (lanes_.holds(head.id) || is_unrecorded(head.id, out.again)) {
            if (out.again) break;
            seen_ = head.id;
            continue;
        }
        seen_ = head.id;
        auto lanes = lanes_of(head.lane);
        if (lanes_.wait_for(lanes)) continue;
        if (head.begun.micros != 0) out.doubts.push_back(doubt_about(head));
        if (head.begun.micros != 0 && options_.in_doubt == InDoubt::hold)
            lanes_.block(lanes);
        else if (head.next_attempt > now)
            lanes_.wait_until(lanes, head.next_attempt);
        else {
            lanes_.add(head.id, std::move(lanes));
            out.chosen.push_back(head.id);
        }
    }
    return out;
}

// Ended since the last record(): what the page says of it is old. What comes after it in its lanes must not be taken in
// where that depends on its end being recorded.
bool DeliveryWorker::is_unrecorded(DeliveryId id, bool& comes_again) const {
    bool found = false;
    for (const auto& attempt : ended_) {
        if (attempt.delivery != id) continue;
        found = true;
        const bool blocks = end_of(attempt.state) == Lanes::End::blocked;
        comes_again = comes_again || blocks || attempt.kind == Attempt::Kind::not_made;
    }
    return found;
}

// An attempt began before the program ended, and nobody wrote down how it ended.
Attempt DeliveryWorker::doubt_about(const store::DeliveryHead& head) const {
    Attempt out;
    out.delivery = head.id;
    out.number = head.attempts + 1;
    out.started = head.begun;
    out.finished = clock_.now();
    out.kind = Attempt::Kind::doubtful;
    out.state = options_.in_doubt == InDoubt::hold ? Outcome::in_doubt : Outcome::pending;
    out.detail = "the engine ended before it knew whether this arrived";
    tell(out, head.attempts + 1);
    return out;
}

bool DeliveryWorker::begin(const std::vector<DeliveryId>& chosen) {
    if (chosen.empty()) return true;
    if (options_.repeatable || queue_.begin(chosen, clock_.now())) {
        if (auto works = queue_.load(chosen)) {
            take_in(chosen, std::move(*works));
            return true;
        }
    }
    take_in(chosen, {});
    return false;
}

// Nothing was noted about them: what is known of earlier attempts stays as it is.
void DeliveryWorker::give_back(const std::vector<DeliveryId>& chosen) {
    const Lock lock(mutex_);
    for (const auto id : chosen)
        if (lanes_.holds(id)) (void)lanes_.give_back(id);
}

// What a person has taken away meanwhile, or could not be loaded, gives its place back.
void DeliveryWorker::take_in(const std::vector<DeliveryId>& chosen, std::vector<store::DeliveryWork> works) {
    {
        const Lock lock(mutex_);
        for (auto& work : works) {
            const auto id = work.id;
            if (lanes_.holds(id)) prepared_.emplace(id, std::move(work));
        }
        for (const auto id : chosen)
            if (lanes_.holds(id) && prepared_.count(id) == 0) {
                auto gone = lanes_.give_back(id);
                gone.push_back(id);
                not_made(gone);
            }
        for (const auto id : chosen) (void)lanes_.prepare(id);
    }
    sendable_.notify_all();
}

bool DeliveryWorker::sweep() {
    bool any = false;
    for (bool more = true; more;) {
        if (!record() || !read()) return any;
        more = false;
        while (auto work = take_now()) {
            attempt(*targets_.front(), *work);
            any = more = true;
        }
        if (!record()) return any;
        const Lock lock(mutex_);
        more = (more || lanes_.wants_reread()) && away_.failures == 0 && !stopping_;
    }
    return any;
}

std::optional<store::DeliveryWork> DeliveryWorker::take_now() {
    const Lock lock(mutex_);
    const auto id = stopping_ ? std::nullopt : lanes_.take();
    if (!id) return std::nullopt;
    return std::move(prepared_.extract(*id).mapped());
}

void DeliveryWorker::finish_what_is_left() {
    {
        const Lock lock(mutex_);
        not_made(lanes_.give_back_all());
    }
    (void)record();
}

Lanes::Names DeliveryWorker::lanes_of(const std::string& lane) const {
    if (options_.strict) return {std::string()};
    Lanes::Names out;
    for (std::string_view rest = lane;;) {
        const auto end = rest.find(effects::key_separator);
        auto name = std::string(rest.substr(0, end));
        if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(std::move(name));
        if (end == std::string_view::npos) return out;
        rest.remove_prefix(end + 1);
    }
}

void DeliveryWorker::tell_presence(bool away) const {
    const ConfigName name(options_.destination);
    if (away)
        events::emit(events_, "destination_away", events::Level::warning,
                     "nobody answers at a destination; its deliveries wait", {{"destination", name}});
    else
        events::emit(events_, "destination_back", events::Level::info, "a destination answers again",
                     {{"destination", name}});
}

void DeliveryWorker::tell(const Attempt& attempt, std::int64_t attempts) const {
    const ConfigName name(options_.destination);
    const auto say = [&](events::Literal event, events::Level level, events::Literal sentence) {
        events::emit(events_, event, level, sentence, {{"destination", name}, {"attempts", attempts}});
    };
    if (attempt.state == Outcome::pending && attempt.kind == Attempt::Kind::doubtful)
        say("delivery_resent", events::Level::warning, "a delivery may have arrived without proof and is sent again");
    else if (attempt.state == Outcome::pending)
        say("delivery_failed", events::Level::warning, "a delivery failed and will be tried again");
    if (attempt.state == Outcome::dead)
        say("delivery_dead", events::Level::error, "a delivery was given up and needs a person");
    if (attempt.state == Outcome::held)
        say("delivery_held", events::Level::error, "a delivery is held and needs a person");
    if (attempt.state == Outcome::in_doubt)
        say("delivery_in_doubt", events::Level::error, "a delivery may have arrived without proof and needs a person");
}

}  // namespace gantry::runtime
