#include "engine/main/coverage_counts.hpp"

#include "engine/json/writer.hpp"

namespace gantry {
namespace {

std::string text_of(FieldName field) {
    return field == FieldName() ? "other" : field.text();
}

std::string text_of(const std::string& table) {
    return table;
}

void write_counts(json::Writer& out, const char* list, const char* what, const auto& counts) {
    out.key(list).begin_array();
    for (const auto& [name, count] : counts) {
        out.begin_object().member(what, text_of(name));
        out.member("count", static_cast<std::int64_t>(count.counter->Value()));
        out.member("first_message", std::to_string(count.first_message)).end_object();
    }
    out.end_array();
}

}  // namespace

std::string CoverageCounts::as_json(std::string_view channel) const {
    json::Writer out;
    const std::lock_guard lock(mutex_);
    out.begin_object().key("channels").begin_array();
    for (const auto& [name, counts] : channels_) {
        if (!channel.empty() && channel != name) continue;
        out.begin_object().member("channel", name);
        write_counts(out, "unread", "field", counts.unread);
        write_counts(out, "unmapped", "table", counts.unmapped);
        out.end_object();
    }
    return out.end_array().end_object().text();
}

void CoverageCounts::count(std::span<const store::Unit> units, std::span<const store::Committed> results) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (units[i].preview) continue;
        const auto& [channel, coverage] = std::tie(units[i].channel, units[i].effects.coverage);
        const auto message = results[i].outcome.message;
        for (const auto& field : coverage.unread) count_unread(channel, field, message);
        for (const auto& code : coverage.unmapped_codes) count_unmapped(channel, code.table, message);
    }
}

void CoverageCounts::count_unread(const std::string& channel, FieldName field, std::int64_t message) {
    auto& counters = channels_[channel].unread;
    if (counters.size() >= most && !counters.contains(field)) field = FieldName();
    auto& [counter, first_message] = counters[field];
    if (!counter) {
        first_message = message;
        counter = &log_.counter("gantry_fields_unread_total", "values in fields that no mapping read",
                                {{"channel", channel}, {"field", text_of(field)}});
        events::emit(log_, "new_unread_field", events::Level::info, "a field has a value that no mapping reads",
                     {{"channel", ConfigName(channel)}, {"field", field}, {"message", message}});
    }
    counter->Increment();
}

void CoverageCounts::count_unmapped(const std::string& channel, const std::string& table, std::int64_t message) {
    auto& [counter, first_message] = channels_[channel].unmapped[table];
    if (!counter) {
        first_message = message;
        counter = &log_.counter("gantry_codes_unmapped_total", "codes that a table did not know",
                                {{"channel", channel}, {"table", table}});
        events::emit(log_, "new_unmapped_code", events::Level::warning, "a code is not in its table",
                     {{"channel", ConfigName(channel)}, {"table", ConfigName(table)}, {"message", message}});
    }
    counter->Increment();
}

}  // namespace gantry
