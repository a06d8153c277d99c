#include "engine/main/coverage_counts.hpp"

namespace gantry {

void CoverageCounts::count(std::span<const store::Unit> units, std::span<const store::Committed> results) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < results.size(); ++i) {
        const auto& [channel, coverage] = std::tie(units[i].channel, units[i].effects.coverage);
        const auto message = results[i].outcome.message;
        for (const auto& field : coverage.unread) count_unread(channel, field, message);
        for (const auto& code : coverage.unmapped_codes) count_unmapped(channel, code.table, message);
    }
}

void CoverageCounts::count_unread(const std::string& channel, FieldName field, std::int64_t message) {
    auto& counters = channels_[channel].unread;
    if (counters.size() >= most && !counters.contains(field)) field = FieldName();
    auto& counter = counters[field];
    if (!counter) {
        counter = &log_.counter("gantry_fields_unread_total", "values in fields that no mapping read",
                                {{"channel", channel}, {"field", field == FieldName() ? "other" : field.text()}});
        events::emit(log_, "new_unread_field", events::Level::info, "a field has a value that no mapping reads",
                     {{"channel", ConfigName(channel)}, {"field", field}, {"message", message}});
    }
    counter->Increment();
}

void CoverageCounts::count_unmapped(const std::string& channel, const std::string& table, std::int64_t message) {
    auto& counter = channels_[channel].unmapped[table];
    if (!counter) {
        counter = &log_.counter("gantry_codes_unmapped_total", "codes that a table did not know",
                                {{"channel", channel}, {"table", table}});
        events::emit(log_, "new_unmapped_code", events::Level::warning, "a code is not in its table",
                     {{"channel", ConfigName(channel)}, {"table", ConfigName(table)}, {"message", message}});
    }
    counter->Increment();
}

}  // namespace gantry
