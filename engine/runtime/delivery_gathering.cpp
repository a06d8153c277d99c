// The sender's part of a worker whose deliveries leave several as one.
#include <algorithm>

#include "engine/runtime/delivery_verdict.hpp"

namespace gantry::runtime {

using Kind = store::Deliveries::Attempt::Kind;

void DeliveryWorker::send_together(Destination& target) {
    for (;;) {
        const auto works = take_together();
        if (works.empty()) return;
        attempt_together(target, works);
    }
}

DeliveryWorker::Works DeliveryWorker::take_together() {
    Lock lock(mutex_);
    for (;;) {
        if (stopping_) return {};
        const auto now = clock_.now();
        std::optional<Instant> at;
        const bool may = regarded_ == decisions_ && ended_.empty() && !recording_;
        if (may && !slot_free(now))
            at = next_slot_;
        else if (const auto together = may ? gathered(now, at) : std::vector<DeliveryId>(); !together.empty())
            return taken(together);
        // Whatever may change it says so.
        if (at)
            sendable_.wait_for(lock, std::chrono::microseconds(std::max<std::int64_t>(at->micros - now.micros, 1000)));
        else
            sendable_.wait(lock);
    }
}

DeliveryWorker::Works DeliveryWorker::take_together_now() {
    const Lock lock(mutex_);
    std::optional<Instant> at;
    if (stopping_ || regarded_ != decisions_ || !ended_.empty()) return {};
    return taken(gathered(clock_.now(), at));
}

std::vector<DeliveryId> DeliveryWorker::gathered(Instant now, std::optional<Instant>& at) const {
    const auto& [most, within] = options_.together;
    auto out = lanes_.together(most);
    if (out.empty() || out.size() >= most || away_.failures > 0) return out;
    const auto wait = std::chrono::microseconds(within).count();
    for (const auto id : out) {
        const Instant due{prepared_.at(id).received.micros + wait};
        // Later than any wait: the clock was set back.
        if (due <= now || due.micros > now.micros + wait) return out;
        at = std::min(at.value_or(due), due);
    }
    return {};
}

DeliveryWorker::Works DeliveryWorker::taken(const std::vector<DeliveryId>& together) {
    Works out;
    if (together.empty()) return out;
    lanes_.take_together(together);
    for (const auto id : together) out.push_back(std::move(prepared_.extract(id).mapped()));
    use_slot(clock_.now());
    return out;
}

void DeliveryWorker::attempt_together(Destination& target, const Works& works) {
    const auto started = clock_.now();
    std::vector<const store::DeliveryWork*> sound;
    for (const auto& work : works)
        if (!work.damaged) sound.push_back(&work);
    auto answers = sound.empty() ? std::vector<Destination::Answer>() : target.deliver_together(sound);
    Attempts results;
    bool away = false;
    auto answer = answers.begin();
    for (const auto& work : works) {
        const bool is_away = !work.damaged && answer->verdict == Destination::Verdict::away;
        away = away || is_away;
        results.push_back(judged(work, work.damaged ? unreadable() : std::move(*answer), started));
        if (!work.damaged) ++answer;
    }
    bool was_away = false;
    {
        const Lock lock(mutex_);
        was_away = away_.failures > 0;
        // The last first: what is behind one in its lanes ends, or is given back, before it.
        for (auto i = works.size(); i-- > 0;) ended(works[i], results[i], away && results[i].kind == Kind::not_made);
    }
    changed_.notify_all();
    sendable_.notify_all();
    if (away != was_away) tell_presence(away);
    if (away) return;
    for (std::size_t i = 0; i < works.size(); ++i) tell(results[i], works[i].attempts + 1);
}

}  // namespace gantry::runtime
