#include "fhir/interactions/shelf.hpp"

#include <map>
#include <optional>

#include "engine/base/ids.hpp"
#include "fhir/resources/appointment.hpp"
#include "fhir/resources/diagnostic_report.hpp"
#include "fhir/resources/imaging_study.hpp"
#include "fhir/resources/observation.hpp"
#include "fhir/resources/patient.hpp"
#include "fhir/resources/practitioner.hpp"
#include "fhir/resources/service_request.hpp"
#include "fhir/resources/task.hpp"

namespace gantry::fhir {
namespace {

ServedResource resource(std::string_view type, std::int64_t id, std::int64_t version, std::string json) {
    return {type, std::to_string(id), version, IdSource::time_of(version), std::move(json)};
}

}  // namespace

Result<std::vector<ServedResource>> Shelf::get(std::string_view type, std::span<const std::int64_t> ids) const {
    if (ids.empty()) return std::vector<ServedResource>();
    if (type == "Patient") return patients(ids);
    if (type == "Practitioner") return practitioners(ids);
    if (type == "Task") return tasks(ids);
    if (type == "DiagnosticReport") return reports(ids);
    return of_orders(type, ids);
}

Shelf::Resources Shelf::patients(std::span<const std::int64_t> ids) const {
    const auto found = records_.patients(ids);
    if (!found) return found.error();
    std::vector<ServedResource> out;
    for (const auto& patient : *found) {
        const auto version = patient.last_change;
        out.push_back(resource("Patient", patient.id.value, version,
                               patient_json(patient, IdSource::time_of(version), context_)));
    }
    return out;
}

// A provider never changes: its moment is that of its number.
Shelf::Resources Shelf::practitioners(std::span<const std::int64_t> ids) const {
    const auto found = records_.providers(ids);
    if (!found) return found.error();
    std::vector<ServedResource> out;
    for (const auto& provider : *found) {
        const auto made = IdSource::time_of(provider.id.value);
        out.push_back(
            {"Practitioner", std::to_string(provider.id.value), 1, made, practitioner_json(provider, made, context_)});
    }
    return out;
}

Shelf::Resources Shelf::of_orders(std::string_view type, std::span<const std::int64_t> ids) const {
    const auto found = records_.orders(ids);
    if (!found) return found.error();
    std::vector<ServedResource> out;
    for (const auto& order : *found) {
        const auto version = order.last_change;
        const auto updated = IdSource::time_of(version);
        std::optional<std::string> json;
        if (type == "ServiceRequest") json = service_request_json(order, updated, context_);
        if (type == "ImagingStudy") json = imaging_study_json(order, updated, context_);
        if (type == "Appointment") json = appointment_json(order, updated, context_);
        if (json) out.push_back(resource(type, order.id.value, version, std::move(*json)));
    }
    return out;
}

Shelf::Resources Shelf::tasks(std::span<const std::int64_t> ids) const {
    const auto places = records_.places_of(ids);
    if (!places) return places.error();
    std::vector<std::int64_t> orders;
    for (const auto& place : *places) orders.push_back(place.order);
    const auto found = records_.orders(orders);
    if (!found) return found.error();
    std::map<std::int64_t, const effects::OrderRecord*> by_id;
    for (const auto& order : *found) by_id[order.id.value] = &order;
    std::vector<ServedResource> out;
    for (const auto& place : *places) {
        const auto* order = by_id[place.order];
        if (!order) continue;
        const auto updated = IdSource::time_of(order->last_change);
        for (const auto& step : order->steps)
            if (step.id.value == place.step)
                out.push_back(
                    resource("Task", place.step, order->last_change, task_json(*order, step, updated, context_)));
    }
    return out;
}

// Of each that of its primary order.
Result<std::vector<PatientId>> Shelf::patients_of(const std::vector<effects::ReportRecord>& reports) const {
    std::vector<std::int64_t> orders;
    for (const auto& report : reports)
        if (!report.orders.empty()) orders.push_back(report.orders.front().value);
    const auto found = records_.patients_of(orders);
    if (!found) return found.error();
    std::map<std::int64_t, std::int64_t> patients;
    for (const auto& [order, patient] : *found) patients[order] = patient;
    std::vector<PatientId> out;
    for (const auto& report : reports)
        out.push_back({report.orders.empty() ? 0 : patients[report.orders.front().value]});
    return out;
}

Shelf::Resources Shelf::reports(std::span<const std::int64_t> ids) const {
    const auto found = records_.reports(ids);
    if (!found) return found.error();
    const auto patients = patients_of(*found);
    if (!patients) return patients.error();
    std::vector<ServedResource> out;
    for (std::size_t i = 0; i < found->size(); ++i) {
        const auto& report = (*found)[i];
        const auto version = report.last_change;
        out.push_back(resource("DiagnosticReport", report.id.value, version,
                               diagnostic_report_json(report, (*patients)[i], IdSource::time_of(version), context_)));
    }
    return out;
}

Result<std::optional<ServedResource>> Shelf::observation(std::int64_t report, std::size_t section) const {
    const auto found = records_.reports({&report, 1});
    if (!found) return found.error();
    if (found->empty()) return {std::nullopt};
    const auto patients = patients_of(*found);
    if (!patients) return patients.error();
    const auto version = found->front().last_change;
    const auto updated = IdSource::time_of(version);
    auto json = observation_json(found->front(), patients->front(), section, updated, context_);
    if (!json) return {std::nullopt};
    return {ServedResource{"Observation", std::to_string(report) + "-" + std::to_string(section), version, updated,
                           std::move(*json)}};
}

}  // namespace gantry::fhir
