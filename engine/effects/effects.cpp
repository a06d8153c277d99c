#include "engine/effects/effects.hpp"

#include <algorithm>
#include <array>

namespace gantry::effects {
namespace {

constexpr std::array<std::string_view, 17> actions{"create",
                                                   "create_held",
                                                   "create_completed",
                                                   "create_cancelled",
                                                   "create_or_update",
                                                   "start",
                                                   "partial_results",
                                                   "complete",
                                                   "cancel",
                                                   "discontinue",
                                                   "hold",
                                                   "release",
                                                   "replace_old",
                                                   "status_only",
                                                   "parent",
                                                   "assign_number",
                                                   "note"};
constexpr std::array<std::string_view, 8> outcomes{"pending",   "delivered", "filtered", "rejected",
                                                   "duplicate", "held",      "dead",     "in_doubt"};
constexpr std::array<std::string_view, 5> whats{"created", "updated", "unchanged", "ignored", "conflict"};
constexpr std::array<std::string_view, 6> merges{"patient", "undo", "identifier", "new_identifier", "account", "visit"};
constexpr std::array<std::string_view, 7> schedule_actions{"schedule",   "add_items", "change_items", "remove_items",
                                                           "unschedule", "no_show",   "note"};

template <class Enum, std::size_t count>
std::optional<Enum> among(const std::array<std::string_view, count>& texts, std::string_view text) {
    const auto found = std::find(texts.begin(), texts.end(), text);
    if (found == texts.end()) return std::nullopt;
    return static_cast<Enum>(found - texts.begin());
}

}  // namespace

bool identifies(const Identifier& identifier) {
    const auto& type = identifier.type;
    return !identifier.value.empty() && (type.empty() || type == "MR" || type == "PI" || type == "PT");
}

std::string to_text(const Identifier& identifier) {
    auto out = identifier.value + "^^^" + identifier.authority + "^" + identifier.type;
    out.erase(out.find_last_not_of('^') + 1);
    return out;
}

std::string to_text(const std::vector<Identifier>& identifiers) {
    std::string out;
    for (const auto& identifier : identifiers) out += (out.empty() ? "" : "~") + to_text(identifier);
    return out;
}

Identifier identifier_of(std::string_view text) {
    std::array<std::string, 5> parts;
    for (auto& part : parts) {
        const auto end = std::min(text.find('^'), text.size());
        part = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return {parts[0], parts[3], parts[4]};
}

std::string_view to_text(OrderAction action) {
    return actions[static_cast<std::size_t>(action)];
}

std::optional<OrderAction> order_action(std::string_view text) {
    return among<OrderAction>(actions, text);
}

std::string_view to_text(PatientMerge::Of of) {
    return merges[static_cast<std::size_t>(of)];
}

std::optional<PatientMerge::Of> merge_of(std::string_view text) {
    return among<PatientMerge::Of>(merges, text);
}

std::string_view to_text(ScheduleAction action) {
    return schedule_actions[static_cast<std::size_t>(action)];
}

std::optional<ScheduleAction> schedule_action(std::string_view text) {
    return among<ScheduleAction>(schedule_actions, text);
}

std::string to_text(const LostText& text) {
    return text.field + " (" + text.source + "): " + std::to_string(text.characters) + " characters, " +
           (text.kept == 0 ? "not used" : std::to_string(text.kept) + " kept");
}

std::vector<std::string> to_texts(const Coverage& coverage) {
    std::vector<std::string> out;
    for (const auto& field : coverage.unread) out.push_back(field.text());
    for (const auto& unmapped : coverage.unmapped_codes) out.push_back(unmapped.table + ": " + unmapped.code);
    return out;
}

std::string_view to_text(Outcome outcome) {
    return outcomes[static_cast<std::size_t>(outcome)];
}
std::string_view to_text(RecordOutcome::What what) {
    return whats[static_cast<std::size_t>(what)];
}

}  // namespace gantry::effects
