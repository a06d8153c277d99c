#include "engine/runtime/lanes.hpp"

#include <algorithm>

namespace gantry::runtime {

bool Lanes::wait_for(DeliveryId id, const Names& lanes) {
    std::optional<Instant> until;
    bool blocked = false, cut = false;
    for (const auto& name : lanes) {
        const auto found = lanes_.find(name);
        if (found == lanes_.end()) continue;
        const auto& lane = found->second;
        until = std::max(until, lane.until);
        blocked = blocked || (lane.blocked_from && *lane.blocked_from < id);
        cut = cut || lane.cut || lane.queue.size() >= most_of_one_;
    }
    if (!until && !blocked && !cut) return false;
    for (const auto& name : lanes) {
        auto& lane = lanes_[name];
        if (blocked) lane.blocked_from = std::min(lane.blocked_from.value_or(id), id);
        lane.cut = lane.cut || cut;
        if (until) set_until(name, *until);
    }
    return true;
}

void Lanes::wait_until(const Names& lanes, Instant until) {
    for (const auto& name : lanes) set_until(name, until);
}

void Lanes::set_until(const std::string& name, Instant until) {
    auto& lane = lanes_[name];
    if (lane.until) by_time_.erase({*lane.until, name});
    lane.until = std::max(lane.until.value_or(until), until);
    by_time_.insert({*lane.until, name});
}

void Lanes::block(const Names& lanes, DeliveryId from) {
    for (const auto& name : lanes) {
        auto& lane = lanes_[name];
        lane.blocked_from = std::min(lane.blocked_from.value_or(from), from);
    }
}

void Lanes::add(DeliveryId id, Names lanes) {
    for (const auto& name : lanes) lanes_[name].queue.push_back(id);
    held_[id].lanes = std::move(lanes);
}

bool Lanes::prepare(DeliveryId id) {
    const auto found = held_.find(id);
    if (found == held_.end()) return false;
    found->second.state = Held::State::prepared;
    look_at(id);
    return true;
}

void Lanes::look_at(DeliveryId id) {
    const auto& held = held_.at(id);
    if (held.state == Held::State::prepared && is_first(id, held.lanes)) ready_.insert(place_of(id));
}

void Lanes::hurry(DeliveryId id) {
    const bool ready = ready_.erase(place_of(id)) > 0;
    held_.at(id).urgent = true;
    if (ready) ready_.insert(place_of(id));
}

bool Lanes::wait(DeliveryId id, const Names& lanes) const {
    return std::any_of(lanes.begin(), lanes.end(), [&](const auto& name) {
        const auto found = lanes_.find(name);
        if (found == lanes_.end()) return false;
        const auto& lane = found->second;
        return lane.until || (lane.blocked_from && *lane.blocked_from < id);
    });
}

bool Lanes::is_first(DeliveryId id, const Names& lanes) const {
    return std::all_of(lanes.begin(), lanes.end(),
                       [&](const auto& name) { return lanes_.at(name).queue.front() == id; });
}

std::optional<DeliveryId> Lanes::take() {
    if (ready_.empty()) return std::nullopt;
    const auto id = ready_.begin()->id;
    ready_.erase(ready_.begin());
    held_.at(id).state = Held::State::under_way;
    ++under_way_;
    return id;
}

std::vector<DeliveryId> Lanes::together(std::size_t most) const {
    std::vector<DeliveryId> out;
    std::map<std::string_view, std::size_t> places;  // how many of the first in a lane leave
    for (const bool urgent : {true, false})
        for (auto held = held_.begin(); held != held_.end() && out.size() < most; ++held) {
            const auto& [id, what] = *held;
            if (what.urgent != urgent || what.state != Held::State::prepared) continue;
            const bool goes = std::all_of(what.lanes.begin(), what.lanes.end(), [&, first = id](const auto& name) {
                return lanes_.at(name).queue.at(places[name]) == first;
            });
            if (!goes) continue;
            for (const auto& name : what.lanes) ++places[name];
            out.push_back(id);
        }
    std::sort(out.begin(), out.end());
    return out;
}

void Lanes::take_together(const std::vector<DeliveryId>& together) {
    for (const auto id : together) {
        ready_.erase(place_of(id));
        held_.at(id).state = Held::State::under_way;
        ++under_way_;
    }
}

std::vector<DeliveryId> Lanes::end(DeliveryId id, End how, Instant until) {
    std::vector<DeliveryId> removed;
    const auto lanes = held_.at(id).lanes;
    if (how == End::done) {
        leave(id);
        return removed;
    }
    if (how == End::again) wait_until(lanes, until);
    if (how == End::blocked) block(lanes, id);
    remove_with_followers(id, removed);
    removed.erase(removed.begin());
    return removed;
}

std::vector<DeliveryId> Lanes::give_back(DeliveryId id) {
    std::vector<DeliveryId> removed;
    remove_with_followers(id, removed);
    removed.erase(removed.begin());
    wants_reread_ = true;
    return removed;
}

std::vector<DeliveryId> Lanes::give_back_all() {
    auto out = waiting_to_be_sent();
    // The last first: none becomes first in a lane that it is about to leave.
    for (auto id = out.rbegin(); id != out.rend(); ++id) leave(*id);
    wants_reread_ = wants_reread_ || !out.empty();
    return out;
}

// Those behind it that are also in other lanes take with them what is behind them there; those lanes wait as this one.
void Lanes::remove_with_followers(DeliveryId id, std::vector<DeliveryId>& removed) {
    const auto lanes = held_.at(id).lanes;
    std::vector<DeliveryId> followers;
    for (const auto& name : lanes) {
        const auto& queue = lanes_.at(name).queue;
        const auto place = std::find(queue.begin(), queue.end(), id);
        followers.insert(followers.end(), place + 1, queue.end());
    }
    // One that came before what its lanes wait for, and was released later, does not wait: it has to be seen again
    // before what comes after it is.
    for (const auto follower : followers)
        if (held_.count(follower) > 0 && !wait_for(follower, held_.at(follower).lanes)) wants_reread_ = true;
    // The last first: none becomes first in a lane that it is about to leave.
    std::sort(followers.rbegin(), followers.rend());
    std::vector<DeliveryId> later;
    for (const auto follower : followers)
        if (held_.count(follower) > 0) remove_with_followers(follower, later);
    leave(id);
    removed.push_back(id);
    removed.insert(removed.end(), later.begin(), later.end());
}

void Lanes::leave(DeliveryId id) {
    ready_.erase(place_of(id));
    const auto held = std::move(held_.at(id));
    held_.erase(id);
    if (held.state == Held::State::under_way) --under_way_;
    for (const auto& name : held.lanes) {
        auto& queue = lanes_.at(name).queue;
        queue.erase(std::find(queue.begin(), queue.end(), id));
        look_at(name);
    }
}

// Its first delivery may have become ready; a lane that nothing is known of is forgotten.
void Lanes::look_at(const std::string& name) {
    const auto found = lanes_.find(name);
    auto& lane = found->second;
    if (!lane.queue.empty()) return look_at(lane.queue.front());
    if (lane.cut) wants_reread_ = true;
    if (!lane.waits()) lanes_.erase(found);
}

void Lanes::drop(const std::string& name) {
    const auto found = lanes_.find(name);
    if (found->second.queue.empty() && !found->second.waits()) lanes_.erase(found);
}

bool Lanes::release(Instant now) {
    bool any = false;
    while (!by_time_.empty() && by_time_.begin()->first <= now) {
        const auto name = by_time_.begin()->second;
        by_time_.erase(by_time_.begin());
        lanes_.at(name).until.reset();
        drop(name);
        any = true;
    }
    return any;
}

std::vector<DeliveryId> Lanes::waiting_to_be_sent() const {
    std::vector<DeliveryId> out;
    for (const auto& [id, held] : held_)
        if (held.state != Held::State::under_way) out.push_back(id);
    return out;
}

void Lanes::reread(const std::vector<Blocked>& blocked) {
    wants_reread_ = false;
    for (auto lane = lanes_.begin(); lane != lanes_.end();) {
        lane->second.blocked_from.reset();
        lane->second.cut = false;
        lane = lane->second.queue.empty() && !lane->second.waits() ? lanes_.erase(lane) : std::next(lane);
    }
    for (const auto& one : blocked) block(one.lanes, one.from);
}

std::optional<Instant> Lanes::next_release() const {
    if (by_time_.empty()) return std::nullopt;
    return by_time_.begin()->first;
}

}  // namespace gantry::runtime
