// What goes first: the urgent deliveries of a destination that ranks, with all that is ahead of them in their lanes.
#include <algorithm>

#include "engine/runtime/delivery_worker.hpp"

namespace gantry::runtime {
namespace {

// At once; each costs a look at its lanes.
constexpr std::size_t urgent_page = 32;
// Of a queue from before its destination ranked it, so many at a time; what else there is to do is done in between.
constexpr std::size_t ranked_at_once = 5'000;
constexpr int parts_at_once = 4;

}  // namespace

std::size_t DeliveryWorker::room_for_urgent() const {
    const auto most = options_.window();
    const bool more = away_.failures == 0 && most > options_.connections;
    return room() > 0 || !more ? room() : most + most / 4 - std::min(most + most / 4, lanes_.in_hand());
}

// As read(). What is found here is met again by the reading of all, and is in hand then or waits.
bool DeliveryWorker::read_urgent() {
    for (;;) {
        std::size_t room = 0;
        {
            const Lock lock(mutex_);
            room = room_for_urgent();
            // Not for every single place that becomes free, while there is something to go on with.
            const bool enough = room >= std::min(urgent_page, options_.window() / 4) || !lanes_.has_urgent_ready();
            const bool away = away_.failures > 0 && clock_.now() < away_.until;
            const bool may = !stopping_ && !away && lanes_.waiting() < most_waiting_lanes && !lanes_.wants_reread();
            if (!may || room == 0 || !enough) return true;
        }
        const auto page = queue_.urgent(options_.destination, urgent_seen_, std::min(urgent_page, room));
        if (!page) return false;
        if (page->empty()) return true;
        if (const auto wanted = to_hurry(*page); !wanted.empty()) {
            // Looked for after the urgent ones: whatever came before these is there already.
            if (const auto ranked = rank(); ranked != Ranked::all) return ranked == Ranked::partly;
            const auto ahead = queue_.with_those_ahead(options_.destination, wanted, lanes_.most_of_one() + 1);
            if (!ahead) return false;
            const auto choice = choose_urgent(*ahead);
            if (!take_up(choice)) return false;
            if (choice.full || choice.again) return true;
        }
        urgent_seen_ = page->back().id;
    }
}

// Those that are not in hand as urgent ones already, and whose lanes do not wait.
std::vector<store::DeliveryHead> DeliveryWorker::to_hurry(const std::vector<store::DeliveryHead>& urgent) const {
    std::vector<store::DeliveryHead> out;
    const Lock lock(mutex_);
    for (const auto& head : urgent)
        if (!lanes_.is_urgent(head.id) && !lanes_.wait(head.id, lanes_of(head.lane))) out.push_back(head);
    return out;
}

// Until nothing comes in any more that was read under an earlier configuration.
DeliveryWorker::Ranked DeliveryWorker::rank() {
    const auto now = clock_.now();
    if (ranked_all_ && now.micros - ranked_all_->micros > latest_appearance) return Ranked::all;
    for (int part = 0; part < parts_at_once; ++part) {
        const auto done = queue_.rank(options_.destination, ranked_, ranked_at_once);
        if (!done) return Ranked::failed;
        if (*done == ranked_) {
            if (!ranked_all_) ranked_all_ = now;
            return Ranked::all;
        }
        ranked_ = *done;
    }
    const Lock lock(mutex_);
    woken_ = true;  // there may be more
    return Ranked::partly;
}

// Of urgent ones with all that is ahead of them.
DeliveryWorker::Choice DeliveryWorker::choose_urgent(const std::vector<store::DeliveryHead>& page) {
    Choice out;
    const Lock lock(mutex_);
    const auto now = clock_.now();
    out.again = lanes_.wants_reread();
    for (const auto& head : page) {
        out.full = room_for_urgent() == 0;
        if (out.again || out.full || !consider(head, now, out)) break;
        if (lanes_.holds(head.id)) lanes_.hurry(head.id);
    }
    return out;
}

}  // namespace gantry::runtime
