#include "fhir/interactions/posted_resources.hpp"

#include <algorithm>

#include "fhir/documents/overlay.hpp"

namespace gantry::fhir {
namespace {

using effects::OrderField;
using effects::PatientField;
using effects::RecordKind;
using effects::ReportField;

template <class Field>
std::string_view value_of(const effects::FieldValues<Field>& values, std::string_view name) {
    const auto index = effects::field_index(effects::kind_of<Field>(), name);
    return index ? std::string_view(values.at(*index)) : std::string_view();
}

}  // namespace

std::optional<OrderField> PostedResources::field_of(std::string_view type) {
    if (type == "ServiceRequest") return OrderField::posted_request;
    if (type == "ImagingStudy") return OrderField::posted_study;
    return std::nullopt;
}

void PostedResources::want(const std::string& sum) {
    if (!sum.empty()) sums_.push_back(sum);
}

void PostedResources::want(const effects::ReportRecord& report) {
    const auto& sum = report.fields[ReportField::posted];
    if (sum.empty()) return;
    want(sum);
    if (!report.orders.empty()) orders_.push_back(report.orders.front().value);
}

Result<void> PostedResources::read() {
    if (sums_.empty()) return {};
    auto found = records_.posted(sums_);
    if (!found && found.error().code == ErrorCode::storage_content_damaged) return {};
    if (!found) return found.error();
    for (auto& one : *found) texts_.emplace(std::move(one.sum), std::move(one.text));
    const auto orders = records_.orders(orders_);
    if (!orders) return orders.error();
    for (const auto& order : *orders) moved_from_[order.id.value] = order.fields[OrderField::moved_from];
    return {};
}

const std::string* PostedResources::text_of(const std::string& sum) const {
    const auto found = sum.empty() ? texts_.end() : texts_.find(sum);
    return found == texts_.end() ? nullptr : &found->second;
}

std::string PostedResources::over(const effects::PatientRecord& patient, std::string json) const {
    const auto* text = text_of(patient.fields[PatientField::posted]);
    if (!text) return json;
    const auto now = [&](std::string_view field) -> std::string_view {
        if (field == "merged_into") return patient.merged_into ? "merged" : "";
        return value_of(patient.fields, field);
    };
    return overlay(std::move(json), RecordKind::patient, now, *text);
}

std::string PostedResources::over(const effects::OrderRecord& order, OrderField posted, std::string json) const {
    const auto* text = text_of(order.fields[posted]);
    if (!text) return json;
    const auto now = [&](std::string_view field) { return value_of(order.fields, field); };
    return overlay(std::move(json), RecordKind::order, now, *text);
}

std::string PostedResources::over(const effects::ReportRecord& report, std::string json) const {
    const auto* text = text_of(report.fields[ReportField::posted]);
    if (!text) return json;
    const auto now = [&](std::string_view field) -> std::string_view {
        if (field != "moved_from") return value_of(report.fields, field);
        const auto found = moved_from_.find(report.orders.empty() ? 0 : report.orders.front().value);
        return found == moved_from_.end() ? std::string_view() : std::string_view(found->second);
    };
    return overlay(std::move(json), RecordKind::report, now, *text);
}

}  // namespace gantry::fhir
