#include "fhir/interactions/shelf.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "engine/base/ids.hpp"
#include "fhir/interactions/posted_resources.hpp"
#include "fhir/resources/appointment.hpp"
#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/diagnostic_report.hpp"
#include "fhir/resources/imaging_study.hpp"
#include "fhir/resources/observation.hpp"
#include "fhir/resources/patient.hpp"
#include "fhir/resources/practitioner.hpp"
#include "fhir/resources/report_elements.hpp"
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
    return shown(*found);
}

Shelf::Resources Shelf::shown(const std::vector<effects::PatientRecord>& patients) const {
    PostedResources posted(records_);
    for (const auto& patient : patients) posted.want(patient.fields[effects::PatientField::posted]);
    if (const auto read = posted.read(); !read) return read.error();
    std::vector<ServedResource> out;
    for (const auto& patient : patients) {
        const auto version = patient.last_change;
        auto json = patient_json(patient, IdSource::time_of(version), context_);
        out.push_back(resource("Patient", patient.id.value, version, posted.over(patient, std::move(json))));
    }
    return out;
}

Shelf::Resources Shelf::practitioners(std::span<const std::int64_t> ids) const {
    const auto found = records_.providers(ids);
    if (!found) return found.error();
    return shown(*found);
}

// A provider never changes: its moment is that of its number.
std::vector<ServedResource> Shelf::shown(const std::vector<effects::ProviderRecord>& providers) const {
    std::vector<ServedResource> out;
    for (const auto& provider : providers) {
        const auto made = IdSource::time_of(provider.id.value);
        out.push_back(
            {"Practitioner", std::to_string(provider.id.value), 1, made, practitioner_json(provider, made, context_)});
    }
    return out;
}

Shelf::Resources Shelf::of_orders(std::string_view type, std::span<const std::int64_t> ids) const {
    const auto found = records_.orders(ids);
    if (!found) return found.error();
    return shown(type, *found);
}

Shelf::Resources Shelf::shown(std::string_view type, const std::vector<effects::OrderRecord>& orders) const {
    PostedResources posted(records_);
    const auto posted_as = PostedResources::field_of(type);
    for (const auto& order : orders)
        if (posted_as) posted.want(order.fields[*posted_as]);
    if (const auto read = posted.read(); !read) return read.error();
    std::vector<ServedResource> out;
    for (const auto& order : orders) {
        const auto version = order.last_change;
        const auto updated = IdSource::time_of(version);
        if (type == "Task") {
            for (const auto& step : order.steps)
                out.push_back(resource(type, step.id.value, version, task_json(order, step, updated, context_)));
            continue;
        }
        std::optional<std::string> json;
        if (type == "ServiceRequest") json = service_request_json(order, updated, context_);
        if (type == "ImagingStudy") json = imaging_study_json(order, updated, context_);
        if (type == "Appointment") json = appointment_json(order, updated, context_);
        if (json && posted_as) json = posted.over(order, *posted_as, std::move(*json));
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

// What a report shows of its orders is theirs: whose patient it is about changes with them, and so does its version.
Result<std::vector<Shelf::ReportFacts>> Shelf::facts_of(const std::vector<effects::ReportRecord>& reports) const {
    std::vector<std::int64_t> orders;
    for (const auto& report : reports)
        for (const auto& order : report.orders) orders.push_back(order.value);
    const auto found = records_.heads_of(orders);
    if (!found) return found.error();
    std::map<std::int64_t, store::RecordSearch::OrderHead> heads;
    for (const auto& head : *found) heads[head.order] = head;
    std::vector<ReportFacts> out;
    for (const auto& report : reports) {
        auto& facts = out.emplace_back();
        facts.version = report.last_change;
        for (const auto& order : report.orders) facts.version = std::max(facts.version, heads[order.value].last_change);
        if (!report.orders.empty()) facts.patient = {heads[report.orders.front().value].patient};
    }
    return out;
}

// The writer of the resource takes its version from the record.
Shelf::Resources Shelf::reports(std::span<const std::int64_t> ids) const {
    auto found = records_.reports(ids);
    if (!found) return found.error();
    return shown(*found, true, false);
}

Shelf::Resources Shelf::shown(std::vector<effects::ReportRecord>& reports, bool with_reports,
                              bool with_observations) const {
    const auto facts = facts_of(reports);
    if (!facts) return facts.error();
    PostedResources posted(records_);
    for (const auto& report : reports)
        if (with_reports) posted.want(report);
    if (const auto read = posted.read(); !read) return read.error();
    std::vector<ServedResource> out;
    for (std::size_t i = 0; i < reports.size(); ++i) {
        auto& report = reports[i];
        const auto& [version, patient] = (*facts)[i];
        const auto updated = IdSource::time_of(version);
        report.last_change = version;
        if (with_reports)
            out.push_back(resource("DiagnosticReport", report.id.value, version,
                                   posted.over(report, diagnostic_report_json(report, patient, updated, context_))));
        for (std::size_t number = 1; with_observations && number <= section_count; ++number)
            if (auto json = observation_json(report, patient, number, updated, context_))
                out.push_back({"Observation", section_id(report.id, number), version, updated, std::move(*json)});
    }
    return out;
}

Result<std::optional<ServedResource>> Shelf::observation(std::int64_t report, std::size_t section) const {
    auto found = records_.reports({&report, 1});
    if (!found) return found.error();
    if (found->empty()) return {std::nullopt};
    const auto facts = facts_of(*found);
    if (!facts) return facts.error();
    const auto& [version, patient] = facts->front();
    found->front().last_change = version;
    const auto updated = IdSource::time_of(version);
    auto json = observation_json(found->front(), patient, section, updated, context_);
    if (!json) return {std::nullopt};
    return {ServedResource{"Observation", std::to_string(report) + "-" + std::to_string(section), version, updated,
                           std::move(*json)}};
}

}  // namespace gantry::fhir
