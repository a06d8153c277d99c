#include "fhir/subscriptions/events.hpp"

#include <algorithm>

#include "engine/json/value.hpp"
#include "engine/json/writer.hpp"
#include "fhir/resources/statuses.hpp"

namespace gantry::fhir {
namespace {

using effects::OrderField, effects::StepField;

const effects::OrderRecord* order_after(const effects::Plan& plan, effects::RecordReader& records, OrderId id) {
    for (const auto& write : plan.orders)
        if (write.after.id == id) return &write.after;
    return records.order(id);
}

const effects::ReportRecord* report_after(const effects::Plan& plan, effects::RecordReader& records, ReportId id) {
    for (const auto& write : plan.reports)
        if (write.after.id == id) return &write.after;
    return records.report(id);
}

void add_facts(const effects::OrderRecord& order, EventFacts& into) {
    if (into.patient == 0) into.patient = order.patient.value;
    if (!order.fields[OrderField::accession_number].empty())
        into.accessions.push_back(order.fields[OrderField::accession_number]);
    into.modalities.push_back(order.fields[OrderField::modality]);
    for (const auto& step : order.steps) into.modalities.push_back(step.fields[StepField::modality]);
}

std::optional<EventFacts> facts_of(const Topic& topic, std::int64_t id, const effects::Plan& plan,
                                   effects::RecordReader& records) {
    EventFacts out;
    if (topic.kind == effects::RecordKind::order) {
        const auto* order = order_after(plan, records, {id});
        if (!order) return std::nullopt;
        add_facts(*order, out);
        out.status = topic.resource == "ImagingStudy" ? imaging_study_status(*order) : service_request_status(*order);
        return out;
    }
    const auto* found = report_after(plan, records, {id});
    if (!found) return std::nullopt;
    const auto report = *found;
    out.status = diagnostic_report_status(report);
    for (const auto order : report.orders)
        if (const auto* record = order_after(plan, records, order)) add_facts(*record, out);
    return out;
}

// One for each record: what a unit does to it in several steps is one event.
std::vector<effects::Patch> changes_of(const effects::Plan& plan, effects::RecordKind kind) {
    std::vector<effects::Patch> out;
    for (const auto& patch : plan.patches) {
        if (patch.kind != kind) continue;
        const auto same = std::find_if(out.begin(), out.end(), [&](const auto& one) { return one.id == patch.id; });
        if (same == out.end())
            out.push_back({patch.kind, patch.id, patch.created, patch.previous_change, {}});
        else
            same->created = same->created || patch.created;
    }
    return out;
}

}  // namespace

std::string event_text(const Event& event) {
    json::Writer out;
    out.begin_object().member("type", event.type).member("id", event.id).member("created", event.created);
    out.member("at", event.at.micros).end_object();
    return std::move(out).text();
}

std::optional<Event> read_event(std::string_view text) {
    const auto read = json::parse(text);
    if (!read) return std::nullopt;
    const auto *type = read->find("type"), *id = read->find("id"), *created = read->find("created"),
               *at = read->find("at");
    if (!type || !id || !created || !at || type->string().empty() || id->string().empty()) return std::nullopt;
    return Event{type->string(), id->string(), created->boolean(), {at->integer()}};
}

std::vector<store::Notice> notices_of(const Subscribers& subscribers, const effects::Plan& plan,
                                      effects::RecordReader& records, Instant at) {
    std::vector<store::Notice> out;
    for (const auto& topic : topics()) {
        const auto is_asked = [&](const auto& one) { return one.terms.topic == &topic; };
        if (std::none_of(subscribers.begin(), subscribers.end(), is_asked)) continue;
        for (const auto& change : changes_of(plan, topic.kind)) {
            const auto facts = facts_of(topic, change.id, plan, records);
            if (!facts) continue;
            const auto text = event_text({std::string(topic.resource), std::to_string(change.id), change.created, at});
            for (const auto& subscriber : subscribers)
                if (is_asked(subscriber) && is_wanted(subscriber.terms, *facts))
                    out.push_back({store::subscription_destination(subscriber.id), text});
        }
    }
    return out;
}

}  // namespace gantry::fhir
