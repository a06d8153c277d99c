// http://hl7.org/fhir/R4/servicerequest.html
#include "fhir/mapping/order_drafts.hpp"
#include "fhir/mapping/patient_at_order.hpp"
#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/coding_systems.hpp"
#include "fhir/resources/extensions.hpp"

namespace gantry::fhir {
namespace {

using effects::OrderField;
using r4::Element;

void read_numbers(ResourceReading& reading, Element request, OrderDraft& draft) {
    for_each(request, "identifier", [&](Element one) {
        if (const auto number = number_of(one, reading.context.systems))
            number_order(reading, number, draft, "ServiceRequest.identifier");
    });
    std::string replaced;
    for_each(request, "replaces", [&](Element one) {
        const auto number = number_of(one["identifier"], reading.context.systems);
        if (!number) return reading.lose("ServiceRequest.replaces without an identifier");
        replaced.append(replaced.empty() ? "" : "\\").append(list_item(number.value));
    });
    reading.put(draft.change.fields, OrderField::replaces, replaced, "ServiceRequest.replaces");
}

void read_priority(ResourceReading& reading, Element request, OrderDraft& draft) {
    const auto priority = request["priority"];
    constexpr std::string_view source = "ServiceRequest.priority";
    auto& fields = draft.change.fields;
    reading.put(fields, OrderField::urgency, record_code(priority_pairs(), priority.value()), source);
    reading.put(fields, OrderField::urgency_sent, extension_text(priority, extensions::original_text), source);
}

// dateTime, Period.start, or the first event of a Timing.
void read_times(ResourceReading& reading, Element request, OrderDraft& draft) {
    auto& fields = draft.change.fields;
    const auto* zone = reading.context.zone;
    const auto occurrence = request["occurrence"];
    auto said = occurrence.value();
    if (said.empty()) said = occurrence["start"].value();
    if (said.empty()) said = occurrence["event"].value();
    const auto start = moment_of(said, zone);
    if (occurrence && start.empty()) reading.lose("ServiceRequest.occurrence without a day");
    // A step is scheduled by the clock of the site.
    if (const auto at = start.size() > 14 && zone ? instant_at(said, zone) : std::nullopt) {
        const auto local = zone->local(*at);
        draft.start = local.date() + local.time();
    } else {
        draft.start = start.substr(0, 14);
    }
    reading.put(fields, OrderField::ordered_date, moment_of(request["authoredOn"].value(), zone),
                "ServiceRequest.authoredOn");
}

void read_persons(ResourceReading& reading, Element request, const effects::OrderRecord* known, OrderDraft& draft) {
    auto& fields = draft.change.fields;
    const auto name_in = [&](OrderField field) {
        return known ? std::string_view(known->fields[field]) : std::string_view();
    };
    const auto requester = reading.person_at(request["requester"], name_in(OrderField::requesting_physician));
    reading.put(fields, OrderField::requesting_physician, requester.name, "ServiceRequest.requester");
    reading.put(fields, OrderField::requesting_physician_id, requester.identifier, "ServiceRequest.requester",
                ResourceReading::TooLong::refuse);
    const auto performer = reading.person_at(request["performer"], name_in(OrderField::performing_physician));
    reading.put(fields, OrderField::performing_physician, performer.name, "ServiceRequest.performer");
}

void read_texts(ResourceReading& reading, Element request, OrderDraft& draft) {
    auto& fields = draft.change.fields;
    reading.put(fields, OrderField::body_site, concept_of(request["bodySite"]).words(), "ServiceRequest.bodySite");
    std::string notes;
    for_each(request, "note",
             [&](Element note) { notes.append(notes.empty() ? "" : "\n").append(note["text"].value()); });
    reading.put(fields, OrderField::comments, notes, "ServiceRequest.note");
    struct Row {
        OrderField field;
        std::string_view url;
    };
    constexpr Row rows[] = {{OrderField::transport, extensions::transport},
                            {OrderField::patient_location, extensions::patient_location},
                            {OrderField::account_number, extensions::account_number},
                            {OrderField::names_of_recipients, extensions::recipients}};
    for (const auto& [field, url] : rows)
        reading.put(fields, field, extension_text(request, url), "ServiceRequest.extension");
    const auto security = request["meta"]["security"];
    const auto display = security["display"].value();
    reading.put(fields, OrderField::confidentiality, display.empty() ? security["code"].value() : display,
                "ServiceRequest.meta.security");
}

// R4 has no place for the modality of a request but its details.
void read_modality(Element request, OrderDraft& draft) {
    for_each(request, "orderDetail", [&](Element detail) {
        for_each(detail, "coding", [&](Element coding) {
            if (!draft.modality.empty() || coding["system"].value() != systems::dcm) return;
            draft.modality = coding["code"].value();
            draft.modality_source = "ServiceRequest.orderDetail";
        });
    });
}

}  // namespace

void read_encounter(ResourceReading& reading, Element encounter, OrderDraft& draft, std::string_view source) {
    const auto number = number_of(encounter["identifier"], reading.context.systems);
    if (!number) return encounter ? reading.lose(source) : void();
    auto& fields = draft.change.fields;
    using enum ResourceReading::TooLong;
    reading.put(fields, OrderField::admission_id, number.value, source, refuse);
    reading.put(fields, OrderField::admission_issuer, number.authority, source);
    if (number.type == "AN") reading.put(fields, OrderField::account_number, number.value, source, refuse);
}

void read_request(ResourceReading& reading, const Submitted& submitted, OrderDraft& draft) {
    const auto request = submitted.resource;
    auto& change = draft.change;
    change.place = submitted.place;
    change.number_place = "ServiceRequest.identifier";
    draft.has_request = true;
    std::optional<effects::OrderRecord> known;
    if (submitted.id != 0) {
        known = reading.context.known.order({submitted.id});
        if (!known) return reading.fail(ErrorCode::fhir_not_found, {}, "ServiceRequest.id");
    }
    const auto state = request_state(request["status"].value(), request["intent"].value());
    if (!state) return reading.fail(state.error().code, state.error().detail, state.error().place);
    draft.request = *state;
    read_subject(reading, request["subject"], "ServiceRequest.subject");
    read_numbers(reading, request, draft);
    if (known) number_as(*known, change, "ServiceRequest.id");
    read_priority(reading, request, draft);
    using enum OrderField;
    reading.put_concept(change.fields, concept_of(request["code"]),
                        {procedure_code, procedure_scheme, procedure_meaning, procedure_description},
                        "ServiceRequest.code");
    reading.put_concept(change.fields, concept_of(request["reasonCode"]),
                        {reason_code, reason_scheme, reason_meaning, reason}, "ServiceRequest.reasonCode");
    read_encounter(reading, request["encounter"], draft, "ServiceRequest.encounter");
    read_times(reading, request, draft);
    read_persons(reading, request, known ? &*known : nullptr, draft);
    read_texts(reading, request, draft);
    read_modality(request, draft);
    read_patient_at_order(reading, request, change);
    draft.of_request = request;
}

}  // namespace gantry::fhir
