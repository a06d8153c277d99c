#include "engine/main/store_worklist.hpp"

#include <algorithm>

namespace gantry {

Result<void> StoreWorklist::find(const effects::WorklistQuery& query, const Take& take) {
    constexpr std::size_t page = 100;
    // Without a date value only a window around today matches; the index should see that too.
    auto narrowed = query;
    if (query.statuses.empty() && query.date_from.empty() && query.date_to.empty()) {
        const auto window = dicom::dates_to_look_at(query, rules_);
        narrowed.date_from = window.from;
        narrowed.date_to = window.to;
    }
    const auto steps = reader_.candidates(narrowed);
    if (!steps) return steps.error();
    for (std::size_t at = 0; at < steps->size(); at += page) {
        auto rows = reader_.rows(std::span(*steps).subspan(at, std::min(page, steps->size() - at)), query.today);
        if (!rows) return rows.error();
        for (auto& row : *rows) {
            if (!take(std::move(row))) return {};
        }
    }
    return {};
}

}  // namespace gantry
