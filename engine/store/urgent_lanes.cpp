#include "engine/store/urgent_lanes.hpp"

#include <algorithm>
#include <optional>

namespace gantry::store {

Priority priority_of(effects::Urgency urgency, const std::string& lane) {
    const bool joined = lane.find(effects::key_separator) != std::string::npos;
    switch (urgency) {
        case effects::Urgency::unranked:
            return Priority::unranked;
        case effects::Urgency::ordinary:
            return joined ? Priority::ordinary_joined : Priority::ordinary;
        case effects::Urgency::urgent:
            return joined ? Priority::urgent_joined : Priority::urgent;
    }
    return Priority::unranked;
}

std::vector<std::string> lane_names(const std::string& lanes) {
    std::vector<std::string> out;
    for (std::string_view rest = lanes;;) {
        const auto end = rest.find(effects::key_separator);
        auto name = std::string(rest.substr(0, end));
        if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(std::move(name));
        if (end == std::string_view::npos) return out;
        rest.remove_prefix(end + 1);
    }
}

UrgentLanes::UrgentLanes(const std::vector<DeliveryHead>& urgent, const std::vector<DeliveryHead>& joined) {
    const auto reaches = [&](const std::string& name, DeliveryId id) { ends_[name] = std::max(ends_[name], id); };
    for (const auto& head : urgent)
        for (const auto& name : lane_names(head.lane)) reaches(name, head.id);
    // The last first: what one of them takes along in its other lanes is ahead of it.
    for (auto head = joined.rbegin(); head != joined.rend(); ++head) {
        const auto names = lane_names(head->lane);
        const bool goes = std::any_of(names.begin(), names.end(), [&](const auto& name) {
            const auto end = ends_.find(name);
            return end != ends_.end() && head->id <= end->second;
        });
        if (!goes) continue;
        for (const auto& name : names) reaches(name, head->id);
        joined_.push_back(*head);
    }
}

std::vector<DeliveryHead> UrgentLanes::gathered(const std::map<std::string, std::vector<DeliveryHead>>& by_lane,
                                                std::size_t most) const {
    std::map<std::string, DeliveryId> stops;  // nothing of the lane goes from behind there on
    std::vector<DeliveryHead> all = joined_;
    for (const auto& [name, heads] : by_lane) {
        if (heads.size() >= most && !heads.empty()) stops[name] = heads.back().id;
        all.insert(all.end(), heads.begin(), heads.end());
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    std::vector<DeliveryHead> out;
    for (auto& head : all) {
        const auto names = lane_names(head.lane);
        const bool stopped = std::any_of(names.begin(), names.end(), [&](const auto& name) {
            const auto stop = stops.find(name);
            return stop != stops.end() && stop->second < head.id;
        });
        if (!stopped) {
            out.push_back(std::move(head));
            continue;
        }
        for (const auto& name : names) {
            const auto stop = stops.try_emplace(name, head.id).first;
            stop->second = std::min(stop->second, head.id);
        }
    }
    return out;
}

}  // namespace gantry::store
