#include "fhir/resources/statuses.hpp"

#include <algorithm>

#include "fhir/resources/code_pairs.hpp"

namespace gantry::fhir {
namespace {

using effects::OrderField;
using effects::OrderRecord;
using effects::ReportField;
using effects::ReportRecord;
using effects::StepField;
using effects::StepRecord;

constexpr std::string_view results[] = {"registered", "partial",  "preliminary", "final",           "amended",
                                        "corrected",  "appended", "cancelled",   "entered-in-error"};

bool is_over(const OrderRecord& order) {
    const auto& status = order.fields[OrderField::status];
    return status == "COMPLETED" || status == "CANCELLED";
}

bool is_held(const OrderRecord& order) {
    return order.fields[OrderField::hold] == "Y" && !is_over(order);
}

std::string_view by(std::span<const CodePair> pairs, std::string_view record, std::string_view otherwise) {
    const auto code = fhir_code(pairs, record);
    return code.empty() ? otherwise : code;
}

bool any_step(const OrderRecord& order, std::string_view status) {
    return std::any_of(order.steps.begin(), order.steps.end(),
                       [&](const StepRecord& step) { return step.fields[StepField::status] == status; });
}

}  // namespace

std::string_view service_request_status(const OrderRecord& order) {
    return is_held(order) ? "on-hold" : by(request_status_pairs(), order.fields[OrderField::status], "unknown");
}

std::string_view task_status(const OrderRecord& order, const StepRecord& step) {
    const auto& status = order.fields[OrderField::status];
    const auto own = fhir_code(step_status_pairs(), step.fields[StepField::status]);
    const bool settled = own == "completed" || own == "cancelled";
    if (settled) return own;
    if (is_over(order)) return by(task_status_pairs(), status, "requested");
    if (own == "in-progress") return own;
    if (is_held(order)) return "on-hold";
    if (!own.empty()) return own;
    // A step that waits is not begun because another one of its order is; one without an appointment is not ready.
    const bool scheduled = step.fields[StepField::status] == "SCHEDULED" && status != "ORDERED";
    return scheduled ? "ready" : status.empty() ? "requested" : "accepted";
}

std::string_view appointment_status(const OrderRecord& order) {
    if (is_held(order)) return "pending";
    const auto status = by(appointment_status_pairs(), order.fields[OrderField::status], "proposed");
    if (status != "booked") return status;
    if (any_step(order, "READY")) return "checked-in";
    return any_step(order, "ARRIVED") ? "arrived" : status;
}

std::string_view imaging_study_status(const OrderRecord& order) {
    return by(imaging_study_status_pairs(), order.fields[OrderField::status], "unknown");
}

std::string_view diagnostic_report_status(const ReportRecord& report) {
    const auto& sent = report.fields[ReportField::result_status];
    const auto* known = std::find(std::begin(results), std::end(results), sent);
    if (known != std::end(results)) return *known;
    return by(report_status_pairs(), report.fields[ReportField::status], "registered");
}

std::string_view observation_status(const ReportRecord& report) {
    const auto status = diagnostic_report_status(report);
    if (status == "partial") return "preliminary";
    return status == "appended" ? "amended" : status;
}

}  // namespace gantry::fhir
