// The coordinator's part of the worker: records what ended, reads the queue, chooses, and notes that attempts begin.
#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "engine/runtime/delivery_verdict.hpp"

namespace gantry::runtime {
namespace {

using effects::Outcome;
using Attempt = store::Deliveries::Attempt;

constexpr std::int64_t between_whole_readings = 2'000'000;

}  // namespace

// Deliveries in hand. After a crash they are in doubt: as few as possible where a person has to look at each.
std::size_t DeliveryWorker::Options::window() const {
    if (numbered) return 1;
    if (in_doubt == DeliveryWorker::InDoubt::hold && !repeatable) return connections;
    return std::max({page, 4 * connections, together.most});
}

bool DeliveryWorker::record() {
    Attempts attempts;
    {
        const Lock lock(mutex_);
        attempts.swap(ended_);
        recording_ = true;
    }
    const bool recorded = attempts.empty() || queue_.record(attempts).ok();
    const Lock lock(mutex_);
    recording_ = false;
    if (gathers()) sendable_.notify_all();
    if (!recorded) ended_.insert(ended_.begin(), attempts.begin(), attempts.end());
    if (!recorded && !std::exchange(unrecorded_, true))
        events::emit(events_, "delivery_not_recorded", events::Level::error,
                     "what became of deliveries could not be recorded; it is tried again, and nothing new begins",
                     {{"destination", ConfigName(options_.destination)}});
    if (recorded) unrecorded_ = false;
    // An answer may have come while its attempt was under way: the reading after that passed it over.
    for (const auto& attempt : attempts)
        if (recorded && attempt.answer_until.micros != 0 && attempt.started <= answer_came_) anew_ = true;
    return recorded;
}

// While nobody is there one is tried at a time.
std::size_t DeliveryWorker::room() const {
    const auto most = away_.failures > 0 ? 1 : options_.window();
    return most - std::min(most, lanes_.in_hand());
}

// Not for every single place that becomes free: a page costs the same for one as for many.
bool DeliveryWorker::may_read(Instant now) const {
    const auto enough = away_.failures > 0 ? 1 : std::max<std::size_t>(options_.window() / 4, 1);
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
    const bool whole = due || std::exchange(anew_, false) || !swept_ || lanes_.wants_reread() ||
                       now.micros - swept_->micros >= between_whole_readings || now < *swept_;
    return whole;
}

void DeliveryWorker::look_at_clock(Instant now) {
    constexpr std::int64_t noticeable = 1'000'000;
    const Lock lock(mutex_);
    if (now.micros < latest_.micros - noticeable) {
        set_back_ = latest_;
        away_.until = std::min(away_.until, now);
        (void)lanes_.release({std::numeric_limits<std::int64_t>::max()});
        swept_.reset();
    }
    latest_ = now;
}

// As the database says, unless that is further away than any retry. What a receiver may have asked for is not believed
// while it may have been written down before the clock was set back.
Instant DeliveryWorker::due(const store::DeliveryHead& head, Instant now) const {
    const std::chrono::microseconds asked = most_asked, cap = options_.retry.cap;
    const auto wait = head.next_attempt.micros - now.micros;
    const bool suspicious = now.micros < set_back_.micros + asked.count();
    return wait > (suspicious ? cap : std::max(cap, asked)).count() ? now : head.next_attempt;
}

bool DeliveryWorker::read() {
    const auto now = clock_.now();
    look_at_clock(now);
    if (start_over(now)) {
        swept_.reset();  // lanes whose wait is over are free already: their first must be seen before what is new
        if (!explained_ && !explain_held()) return false;
        if (!settle_doubts()) return false;
        const auto blocked = queue_.blocked_lanes(options_.destination);
        if (!blocked) return false;
        std::vector<Lanes::Blocked> lanes;
        for (const auto& one : *blocked) lanes.push_back({lanes_of(one.lane), one.first});
        const Lock lock(mutex_);
        lanes_.reread(lanes);
        swept_ = now;
        seen_ = urgent_seen_ = {};
    }
    // What the same sender sent later must not be seen first.
    if (!queue_.in_order()) {
        const DeliveryId settled{IdSource::first_at({now.micros - latest_appearance})};
        seen_ = std::min(seen_, settled);
        urgent_seen_ = std::min(urgent_seen_, settled);
    }
    if (options_.ranked && !read_urgent()) return false;
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
        if (!take_up(choice)) return false;
    }
    return true;
}

bool DeliveryWorker::take_up(const Choice& choice) {
    const bool settled = (choice.doubts.empty() || queue_.record(choice.doubts)) && judge(choice.answered);
    if (!settled) give_back(choice.chosen);
    const bool begun = settled && begin(choice.chosen);
    if (!begun || choice.again) swept_.reset();
    return begun;
}

// Those of the page that can be taken in. What cannot is left in the queue, and its lanes wait.
DeliveryWorker::Choice DeliveryWorker::choose(const std::vector<store::DeliveryHead>& page) {
    Choice out;
    const Lock lock(mutex_);
    const auto now = clock_.now();
    // What was given back while the page was read may belong before it.
    out.again = lanes_.wants_reread();
    if (out.again) return out;
    for (const auto& head : page) {
        if (room() == 0 || !consider(head, now, out)) break;
        seen_ = head.id;
    }
    return out;
}

// False: nothing behind it can be looked at now.
bool DeliveryWorker::consider(const store::DeliveryHead& head, Instant now, Choice& choice) {
    if (lanes_.holds(head.id) || is_unrecorded(head.id, choice.again)) return !choice.again;
    auto lanes = lanes_of(head.lane);
    if (lanes_.wait_for(head.id, lanes)) return true;
    if (!head.answer.empty() || head.answer_until.micros != 0) {
        // Both wait for another reading: that of what is recorded now, or of what comes.
        lanes_.block(lanes, head.id);
        if (!head.answer.empty() || head.answer_until <= now) choice.answered.push_back(head);
        return true;
    }
    if (head.begun.micros != 0) choice.doubts.push_back(doubt_about(head));
    if (head.begun.micros != 0 && options_.in_doubt == InDoubt::hold)
        lanes_.block(lanes, head.id);
    else if (const auto at = due(head, now); at > now)
        lanes_.wait_until(lanes, at);
    else {
        lanes_.add(head.id, std::move(lanes));
        choice.chosen.push_back(head.id);
    }
    return true;
}

// Ended since the last record(): what the page says of it is old. What comes after it in its lanes must not be taken in
// where that depends on its end being recorded.
bool DeliveryWorker::is_unrecorded(DeliveryId id, bool& comes_again) const {
    bool found = false;
    for (const auto& attempt : ended_) {
        if (attempt.delivery != id) continue;
        found = true;
        const bool blocks = end_of(attempt) == Lanes::End::blocked;
        comes_again = comes_again || blocks || attempt.kind == Attempt::Kind::not_made;
    }
    return found;
}

// Somebody held them while an attempt was under way, and the program ended then: said once, and they stay held.
bool DeliveryWorker::explain_held() {
    const auto held = queue_.held_while_begun(options_.destination);
    if (!held) return false;
    Attempts doubts;
    for (const auto& head : *held) {
        doubts.push_back(doubt_about(head));
        doubts.back().state = Outcome::pending;
    }
    explained_ = doubts.empty() || queue_.record(doubts).ok();
    return explained_;
}

// An acknowledgment that comes when nobody waited for it any more proves as much as one that came in time.
bool DeliveryWorker::settle_doubts() {
    {
        const Lock lock(mutex_);
        if (!std::exchange(doubts_answered_, false)) return true;
    }
    const auto answered = queue_.answered_in_doubt(options_.destination);
    const bool settled = answered && judge(*answered);
    const Lock lock(mutex_);
    // Those of a destination that is stopped are looked at when it goes on.
    doubts_answered_ = doubts_answered_ || !settled;
    return settled;
}

// A person has decided something: what is in hand may not be wanted any more, and what was passed over may be.
bool DeliveryWorker::look_at_decisions() {
    std::vector<DeliveryId> waiting;
    std::uint64_t decisions = 0;
    {
        const Lock lock(mutex_);
        if (regarded_ == decisions_) return true;
        decisions = decisions_;
        waiting = lanes_.waiting_to_be_sent();
    }
    // Where beginnings are not noted, what is in hand may have been edited since it was loaded: all of it is given
    // back.
    const auto sendable = options_.repeatable ? Result<std::vector<DeliveryId>>(std::vector<DeliveryId>())
                                              : queue_.sendable(options_.destination, waiting);
    if (!sendable) return false;
    {
        const Lock lock(mutex_);
        // Nothing was taken meanwhile, because something was decided; more may have been since.
        regarded_ = decisions;
        doubts_answered_ = true;
        swept_.reset();
        const std::set<DeliveryId> wanted(sendable->begin(), sendable->end());
        for (const auto id : waiting) {
            if (wanted.count(id) > 0 || !lanes_.holds(id)) continue;
            auto gone = lanes_.give_back(id);
            gone.push_back(id);
            not_made(gone);
        }
    }
    sendable_.notify_all();
    return true;
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
    const bool begun = options_.repeatable || queue_.begin(chosen, clock_.now());
    if (begun && (!options_.numbered || queue_.number(options_.destination, chosen))) {
        if (auto works = queue_.load(chosen); works && expect(*works)) {
            take_in(chosen, std::move(*works));
            return true;
        }
    }
    take_in(chosen, {});
    return false;
}

// An answer may come over another connection before the attempt has ended here.
bool DeliveryWorker::expect(const std::vector<store::DeliveryWork>& works) {
    std::vector<store::AwaitedReply> replies;
    for (const auto& work : works)
        if (auto reply = targets_.front()->expects(work)) {
            replies.push_back(std::move(*reply));
            replies.back().delivery = work.id;
            replies.back().destination = options_.destination;
        }
    return replies.empty() || queue_.expect(replies).ok();
}

// What came apart from an attempt, or did not come in time.
bool DeliveryWorker::judge(const std::vector<store::DeliveryHead>& answered) {
    if (answered.empty()) return true;
    std::vector<DeliveryId> ids;
    ids.reserve(answered.size());
    for (const auto& head : answered) ids.push_back(head.id);
    const auto works = queue_.load(ids);
    if (!works) return false;
    Attempts attempts;
    for (const auto& work : *works) {
        const auto head =
            std::find_if(answered.begin(), answered.end(), [&](const auto& one) { return one.id == work.id; });
        auto& attempt = attempts.emplace_back(judged(work, targets_.front()->judge(work, head->answer), clock_.now()));
        attempt.judged = true;
        attempt.unless_answered = head->answer.empty();
        attempt.answer_until = {};
    }
    if (!attempts.empty() && !queue_.record(attempts)) return false;
    for (const auto& attempt : attempts) tell(attempt, attempt.number);
    answer_came();
    return true;
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
            // Held when its beginning was to be noted, and released before it was loaded.
            if (!options_.repeatable && work.begun.micros == 0) continue;
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

}  // namespace gantry::runtime
