#include "engine/effects/fields.hpp"

#include <algorithm>
#include <array>

namespace gantry::effects {
namespace {

constexpr std::array<std::string_view, 0> none{};
constexpr std::array<std::string_view, 3> sexes{"M", "F", "O"};
constexpr std::array<std::string_view, 6> study_types{"XRAY", "CT", "MRI", "US", "NM", "OTHER"};
constexpr std::array<std::string_view, 3> urgencies{"STAT", "URGENT", "ROUTINE"};
constexpr std::array<std::string_view, 5> order_statuses{"ORDERED", "SCHEDULED", "IN_PROGRESS", "COMPLETED",
                                                         "CANCELLED"};
constexpr std::array<std::string_view, 1> pregnancies{"3"};
constexpr std::array<std::string_view, 8> step_statuses{"SCHEDULED", "ARRIVED",   "READY",        "STARTED",
                                                        "DEPARTED",  "COMPLETED", "DISCONTINUED", "CANCELED"};

constexpr std::array<std::string_view, 4> report_statuses{"DRAFT", "PRELIMINARY", "FINAL", "AMENDED"};
constexpr std::array<std::string_view, 9> result_statuses{"registered", "partial",   "preliminary",
                                                          "final",      "amended",   "corrected",
                                                          "appended",   "cancelled", "entered-in-error"};

#define GANTRY_ROW(name, type, longest, choices, meaning) {#name, FieldType::type, longest, choices, meaning},
constexpr FieldSpec patient_table[] = {GANTRY_PATIENT_FIELDS(GANTRY_ROW)};
constexpr FieldSpec order_table[] = {GANTRY_ORDER_FIELDS(GANTRY_ROW)};
constexpr FieldSpec step_table[] = {GANTRY_STEP_FIELDS(GANTRY_ROW)};
constexpr FieldSpec report_table[] = {GANTRY_REPORT_FIELDS(GANTRY_ROW)};
#undef GANTRY_ROW

}  // namespace

std::string_view to_text(RecordKind kind) {
    switch (kind) {
        case RecordKind::patient:
            return "patient";
        case RecordKind::order:
            return "order";
        case RecordKind::step:
            return "step";
        case RecordKind::report:
            return "report";
    }
    return {};
}

std::span<const FieldSpec> field_table(RecordKind kind) {
    switch (kind) {
        case RecordKind::patient:
            return patient_table;
        case RecordKind::order:
            return order_table;
        case RecordKind::step:
            return step_table;
        case RecordKind::report:
            return report_table;
    }
    return {};
}

std::optional<std::size_t> field_index(RecordKind kind, std::string_view name) {
    const auto table = field_table(kind);
    const auto found = std::find_if(table.begin(), table.end(), [&](const FieldSpec& row) { return row.name == name; });
    if (found == table.end()) return std::nullopt;
    return static_cast<std::size_t>(found - table.begin());
}

std::size_t length_in_characters(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace gantry::effects
