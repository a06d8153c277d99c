#include "fhir/interactions/past.hpp"

#include <algorithm>

namespace gantry::fhir {

Result<void> PastReport::load_orders() {
    std::vector<std::int64_t> missing;
    for (const auto order : record().orders)
        if (orders_.count(order.value) == 0) missing.push_back(order.value);
    if (missing.empty()) return {};
    auto found = search_.orders(missing);
    if (!found) return found.error();
    for (auto& order : *found) {
        const auto id = order.id.value;
        orders_.emplace(id, Past(changes_, std::move(order)));
    }
    return {};
}

std::int64_t PastReport::version() const {
    auto out = report_.version();
    for (const auto order : record().orders)
        if (const auto found = orders_.find(order.value); found != orders_.end())
            out = std::max(out, found->second.version());
    return out;
}

PatientId PastReport::patient() const {
    if (record().orders.empty()) return {};
    const auto found = orders_.find(record().orders.front().value);
    return found == orders_.end() ? PatientId{} : found->second.record().patient;
}

// One change may have been made to several of them. What the report began with, the orders had before.
Result<Before> PastReport::back() {
    const auto now = version();
    if (report_.version() == now) {
        auto before = report_.back();
        if (!before || *before != Before::there) return before;
    }
    if (auto loaded = load_orders(); !loaded) return loaded.error();
    for (auto& [id, order] : orders_) {
        while (order.version() >= now) {
            auto before = order.back();
            if (!before || *before == Before::removed) return before;
        }
    }
    return Before::there;
}

}  // namespace gantry::fhir
