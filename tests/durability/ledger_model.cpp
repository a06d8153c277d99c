#include "tests/durability/ledger_model.hpp"

#include <algorithm>

namespace gantry::durability {
namespace {

using Outcome = effects::Outcome;
using Action = store::Instruction::Action;
using Verdict = runtime::Destination::Verdict;
using Kind = store::Deliveries::Attempt::Kind;

// What was finished less than so long ago, retention leaves alone.
constexpr std::int64_t cooling = 3600 * std::int64_t{1'000'000};

bool waits_for_somebody(Outcome state) {
    return state == Outcome::held || state == Outcome::dead || state == Outcome::in_doubt;
}

// What a person held or discarded meanwhile stays so, unless it is finished, or has arrived.
Outcome state_after(Outcome now, Outcome end) {
    if (end == Outcome::pending) return now;
    return now == Outcome::filtered && end != Outcome::delivered ? now : end;
}

LedgerModel::End end_of(Verdict verdict, bool hold_doubts) {
    switch (verdict) {
        case Verdict::delivered:
            return {Outcome::delivered, Kind::made, {}};
        case Verdict::retry:
            return {Outcome::pending, Kind::made, {}};
        case Verdict::refused:
            return {Outcome::dead, Kind::made, {}};
        case Verdict::held:
            return {Outcome::held, Kind::made, {}};
        case Verdict::in_doubt:
            return {hold_doubts ? Outcome::in_doubt : Outcome::pending, Kind::doubtful, {}};
        case Verdict::away:
            return {Outcome::pending, Kind::not_made, {}};
        case Verdict::accepted:
            break;  // no receiver of the model answers apart
    }
    throw Broken("a verdict without a meaning");
}

std::string name(const LedgerModel::Delivery& delivery) {
    return "delivery " + std::to_string(delivery.id) + " (" + std::string(to_text(delivery.state)) + ")";
}

}  // namespace

bool LedgerModel::Delivery::is_open() const {
    const auto now = ended ? state_after(state, ended->state) : state;
    return now == Outcome::pending || now == Outcome::held || now == Outcome::in_doubt;
}

bool LedgerModel::Delivery::shares_lane(const Delivery& other, bool strict) const {
    return strict || std::any_of(lanes.begin(), lanes.end(), [&](const auto& lane) { return other.lanes.count(lane); });
}

LedgerModel::Delivery& LedgerModel::at(std::int64_t id) {
    const auto found = deliveries_.find(id);
    require(found != deliveries_.end(), "delivery " + std::to_string(id) + " was never queued, or is finished");
    return found->second;
}

void LedgerModel::queue(Delivery delivery) {
    const auto id = delivery.id;
    require(deliveries_.empty() || deliveries_.rbegin()->first < id, "a later delivery has a smaller id");
    deliveries_.emplace(id, std::move(delivery));
}

bool LedgerModel::decide(std::int64_t id, Action action, const std::optional<std::string>& payload) {
    auto& delivery = at(id);
    const auto before = delivery.state;
    if (payload && delivery.begun) return false;  // what left would not be what is stored
    if (action == Action::again && !messages_.at(delivery.message).content) return false;
    if (action == Action::hold && before == Outcome::pending)
        delivery.state = Outcome::held;
    else if (action == Action::release && waits_for_somebody(before))
        delivery.state = Outcome::pending;
    else if (action == Action::discard && (before == Outcome::pending || waits_for_somebody(before)))
        delivery.state = Outcome::filtered;
    else if (action == Action::again && (before == Outcome::delivered || before == Outcome::filtered))
        delivery.state = Outcome::pending;
    else
        return false;
    if (action == Action::again) ++delivery.allowed;
    if (payload) delivery.payload = *payload;
    delivery.not_before = {};
    delivery.finished = {delivery.state == Outcome::filtered ? now_.micros : 0};
    delivery.touched = ++moment_;
    ++delivery.decisions;
    return true;
}

void LedgerModel::stop(const std::string& destination, bool stopped) {
    stops_[destination] = {stopped, ++moment_};
}

void LedgerModel::begin(std::span<const DeliveryId> deliveries) {
    for (const auto id : deliveries) {
        auto& delivery = at(id.value);
        if (delivery.state != Outcome::pending) continue;
        require(!delivery.begun, name(delivery) + " begins while its last attempt may have arrived");
        delivery.begun = delivery.in_hand = true;
    }
}

void LedgerModel::take_in_hand(std::span<const DeliveryId> deliveries) {
    for (const auto id : deliveries) {
        auto& delivery = at(id.value);
        delivery.known = readings_[delivery.destination];
        delivery.known.loaded = ++moment_;
    }
}

bool LedgerModel::is_told(Moment touched, const std::string& destination) const {
    const auto told = told_.find(destination);
    return told != told_.end() && touched < told->second;
}

void LedgerModel::send(const store::DeliveryWork& work, const Worker& worker) {
    auto& delivery = at(work.id.value);
    const auto is = name(delivery);
    require(!delivery.ended, is + " is sent again before its last end is recorded");
    require(delivery.in_hand || (worker.repeatable && !delivery.begun), is + " is sent, and that was not noted");
    require(work.destination == delivery.destination, is + " came to another's receiver");
    delivery.sent = true;
    if (delivery.touched > delivery.known.loaded && !is_told(delivery.touched, delivery.destination)) return;
    require(delivery.state == Outcome::pending, is + " is sent");
    require(delivery.not_before <= now_, is + " is sent before it is due");
    require(work.payload == delivery.payload, is + " is sent with other bytes");
    require(work.attempts == delivery.attempts, is + " is sent with another number of attempts");
    const auto stop = stops_.find(work.destination);
    if (stop != stops_.end() &&
        (stop->second.touched < delivery.known.page || is_told(stop->second.touched, work.destination)))
        require(!stop->second.on, is + " is sent though its destination is stopped");
    check_order(delivery, worker.strict);
}

void LedgerModel::check_order(const Delivery& delivery, bool strict) const {
    for (const auto& [id, before] : deliveries_) {
        if (id >= delivery.id) return;
        if (before.destination != delivery.destination || !before.shares_lane(delivery, strict)) continue;
        require(!before.is_open() || before.touched > delivery.known.whole,
                name(delivery) + " overtakes " + name(before));
    }
}

void LedgerModel::take(std::int64_t id) {
    auto& delivery = at(id);
    ++delivery.taken;
    require(delivery.taken <= delivery.allowed + delivery.doubts, name(delivery) + " was taken " +
                                                                      std::to_string(delivery.taken) + " times, with " +
                                                                      std::to_string(delivery.doubts) + " doubts");
}

void LedgerModel::end(const store::DeliveryWork& work, Verdict verdict, const Worker& worker) {
    auto end = end_of(verdict, worker.hold_doubts);
    if (end.kind != Kind::not_made && end.state == Outcome::pending) {
        if (now_.micros - work.received.micros > worker.horizon) end.state = Outcome::dead;
        end.not_before = {now_.micros + worker.shortest_wait};
    }
    at(work.id.value).ended = end;
}

void LedgerModel::apply(Delivery& delivery, const End& end) {
    if (end.kind != Kind::not_made) ++delivery.attempts;
    if (end.kind == Kind::doubtful) ++delivery.doubts;
    delivery.state = state_after(delivery.state, end.state);
    if (end.state == Outcome::pending && delivery.state == Outcome::pending) delivery.not_before = end.not_before;
    delivery.begun = delivery.in_hand = delivery.sent = false;
    delivery.ended.reset();
    if (end.state == Outcome::delivered) require(delivery.taken > 0, name(delivery) + " has not arrived");
}

void LedgerModel::record(std::span<const Attempt> attempts, const Worker& worker) {
    for (const auto& attempt : attempts) {
        auto& delivery = at(attempt.delivery.value);
        delivery.finished = {attempt.state == Outcome::pending ? 0 : attempt.finished.micros};
        const bool left_behind = delivery.begun && !delivery.in_hand;
        if (delivery.ended) {
            apply(delivery, End(*delivery.ended));
        } else if (attempt.kind == Kind::doubtful) {
            require(left_behind, name(delivery) + " is called in doubt without reason");
            // What a person holds stays held, now with its doubt.
            const bool explained = attempt.state == Outcome::pending;
            const bool was_held =
                delivery.state != Outcome::pending || delivery.touched > readings_[delivery.destination].held;
            require(!explained || !worker.hold_doubts || was_held, name(delivery) + " is in doubt and nobody is asked");
            apply(delivery, end_of(Verdict::in_doubt, worker.hold_doubts && !explained));
        } else {
            require(attempt.kind == Kind::not_made, name(delivery) + " has an end without an attempt");
            require(!left_behind, name(delivery) + " may have arrived, and that is forgotten");
            apply(delivery, end_of(Verdict::away, false));
        }
    }
}

void LedgerModel::forget_worker(const std::string& destination) {
    for (auto& [id, delivery] : deliveries_) {
        if (delivery.destination != destination) continue;
        // A destination where a repetition changes nothing: there no doubt is noted.
        if (delivery.sent && !delivery.begun) ++delivery.allowed;
        delivery.in_hand = delivery.sent = false;
        delivery.ended.reset();
    }
}

void LedgerModel::check_nothing_in_hand(const std::string& destination) const {
    for (const auto& [id, delivery] : deliveries_)
        if (delivery.destination == destination)
            require(!delivery.in_hand && !delivery.ended, name(delivery) + " stays begun");
}

void LedgerModel::check_all_made(const std::string& destination, bool strict) const {
    for (const auto& [id, delivery] : deliveries_) {
        if (delivery.destination != destination || delivery.state != Outcome::pending) continue;
        const auto blocks = [&, self = id](const auto& other) {
            return other.second.destination == destination && other.second.is_open() && other.first < self &&
                   other.second.shares_lane(deliveries_.at(self), strict);
        };
        require(std::any_of(deliveries_.begin(), deliveries_.end(), blocks), name(delivery) + " is stranded");
    }
}

void LedgerModel::close() {
    for (auto& [id, message] : messages_) {
        message.outcome = outcome_of(id);
        for (const auto* delivery : deliveries_of(id))
            message.finished = std::max(message.finished, delivery->finished);
        closed_.emplace_hint(closed_.end(), id, message);
    }
    messages_.clear();
    deliveries_.clear();
}

// They follow their message, before the next one.
std::vector<const LedgerModel::Delivery*> LedgerModel::deliveries_of(std::int64_t message) const {
    std::vector<const Delivery*> out;
    const auto next = messages_.upper_bound(message);
    for (auto at = deliveries_.lower_bound(message); at != deliveries_.end(); ++at) {
        if (next != messages_.end() && at->first > next->first) break;
        if (at->second.message == message) out.push_back(&at->second);
    }
    return out;
}

Outcome LedgerModel::outcome_of(std::int64_t message) const {
    std::set<Outcome> states;
    for (const auto* delivery : deliveries_of(message)) states.insert(delivery->state);
    if (states.empty()) return messages_.at(message).outcome;
    for (const auto first : {Outcome::in_doubt, Outcome::dead, Outcome::held, Outcome::pending, Outcome::delivered})
        if (states.count(first) > 0) return first;
    return Outcome::filtered;
}

std::map<Outcome, std::int64_t> LedgerModel::sums() const {
    std::map<Outcome, std::int64_t> out;
    for (const auto& [id, message] : closed_) ++out[message.outcome];
    for (const auto& [id, message] : messages_) ++out[outcome_of(id)];
    return out;
}

std::int64_t LedgerModel::contents() const {
    std::int64_t out = 0;
    for (const auto* all : {&closed_, &messages_})
        for (const auto& [id, message] : *all) out += message.content ? 1 : 0;
    return out;
}

bool LedgerModel::is_needed(std::int64_t id, const Message& message) const {
    const auto warm = [&](Instant finished) { return finished.micros > now_.micros - cooling; };
    const bool open = messages_.count(id) > 0;
    const auto outcome = open ? outcome_of(id) : message.outcome;
    if (outcome == Outcome::pending || waits_for_somebody(outcome)) return true;
    if (!open) return warm(message.finished);
    // A message is dead before it is held or pending, and delivered before it is discarded: each is looked at.
    const auto all = deliveries_of(id);
    return std::any_of(all.begin(), all.end(), [&](const auto* one) {
        return one->state == Outcome::pending || waits_for_somebody(one->state) || warm(one->finished);
    });
}

std::int64_t LedgerModel::remove_contents(std::int64_t before) {
    std::int64_t out = 0;
    for (auto* all : {&closed_, &messages_})
        for (auto& [id, message] : *all) {
            if (id >= before || !message.content || is_needed(id, message)) continue;
            message.content = false;
            ++out;
        }
    return out;
}

std::int64_t LedgerModel::remove_messages(Messages& from, std::int64_t before, std::int64_t most) {
    std::int64_t out = 0;
    for (auto at = from.begin(); at != from.end() && at->first < before && out < most;) {
        if (is_needed(at->first, at->second)) {
            ++at;
            continue;
        }
        if (&from == &messages_)
            for (const auto* delivery : deliveries_of(at->first)) deliveries_.erase(std::int64_t{delivery->id});
        at = from.erase(at);
        ++out;
    }
    return out;
}

std::int64_t LedgerModel::remove_messages(std::int64_t before, std::int64_t most) {
    const auto closed = remove_messages(closed_, before, most);
    return closed + remove_messages(messages_, before, most - closed);
}

LedgerModel::Removed LedgerModel::retain(const store::RetentionPolicy& policy, std::chrono::seconds duplicate_window) {
    const auto older = [&](std::chrono::seconds age) {
        return IdSource::first_at({now_.micros - std::chrono::microseconds(age).count()});
    };
    const auto& newest = messages_.empty() ? closed_ : messages_;
    const auto end = std::min(older(duplicate_window), newest.empty() ? 0 : newest.rbegin()->first);
    Removed out;
    if (policy.content_age) out.contents = remove_contents(older(*policy.content_age));
    if (policy.message_age) out.messages = remove_messages(std::min(end, older(*policy.message_age)), INT64_MAX);
    if (policy.messages) {
        const auto there = static_cast<std::int64_t>(closed_.size() + messages_.size());
        out.messages += remove_messages(end, std::max<std::int64_t>(there - *policy.messages, 0));
    }
    return out;
}

}  // namespace gantry::durability
