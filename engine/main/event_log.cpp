#include "engine/main/event_log.hpp"

#include <prometheus/gauge.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <array>

namespace gantry {
namespace {

constexpr std::array<std::string_view, 4> level_words{"debug", "info", "warning", "error"};

// Labels are names and codes; numbers and addresses would make a time series each.
bool is_label(const events::Value& value) {
    return std::holds_alternative<ConfigName>(value) || std::holds_alternative<events::Literal>(value) ||
           std::holds_alternative<FieldName>(value) || std::holds_alternative<ErrorCode>(value);
}

}  // namespace

void EventLog::emit(const events::View& event) noexcept {
    if (auto* also = also_.load()) also->emit(event);
    try {
        count(event);
        if (event.level >= least_) print(event);
    } catch (const std::exception&) {
        // Out of memory while reporting: the work itself goes on.
    }
}

void EventLog::count(const events::View& event) {
    std::string key(event.name.text());
    prometheus::Labels labels;
    for (const auto* field = event.begin; field != event.end; ++field) {
        if (!is_label(field->value)) continue;
        auto text = events::to_text(field->value);
        key.append("\x1f").append(text);
        labels.emplace(field->key.text(), std::move(text));
    }
    const std::lock_guard lock(mutex_);
    auto& counter = counters_[key];
    if (!counter) {
        const std::string name = "gantry_" + std::string(event.name.text()) + "_total";
        auto& family = families_[name];
        if (!family)
            family =
                &prometheus::BuildCounter().Name(name).Help(std::string(event.sentence.text())).Register(registry_);
        counter = &family->Add(labels);
    }
    counter->Increment();
}

void EventLog::print(const events::View& event) const {
    std::string line = zone_.local(clock_.now()).iso();
    line.append(" ").append(level_words[static_cast<std::size_t>(event.level)]).append(" ").append(event.name.text());
    line.append(": ").append(event.sentence.text());
    for (const auto* field = event.begin; field != event.end; ++field)
        line.append(" ").append(field->key.text()).append("=").append(events::to_text(field->value));
    line.push_back('\n');
    // One write per line, so that lines of several threads do not mix. Nothing to do when standard error is gone.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

prometheus::Counter& EventLog::counter(const std::string& name, const std::string& help,
                                       const std::map<std::string, std::string>& labels) {
    const std::lock_guard lock(mutex_);
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry_).Add(labels);
}

void EventLog::set_gauge(const std::string& name, const std::string& help, double value,
                         const std::map<std::string, std::string>& labels) {
    const std::lock_guard lock(mutex_);
    prometheus::BuildGauge().Name(name).Help(help).Register(registry_).Add(labels).Set(value);
}

std::string EventLog::metrics() const {
    return prometheus::TextSerializer().Serialize(registry_.Collect());
}

}  // namespace gantry
