#include "fhir/resources/appointment.hpp"

#include <algorithm>
#include <set>

#include "fhir/resources/extensions.hpp"
#include "fhir/resources/human_names.hpp"
#include "fhir/resources/identifiers.hpp"
#include "fhir/resources/moments.hpp"
#include "fhir/resources/order_elements.hpp"
#include "fhir/resources/statuses.hpp"

namespace gantry::fhir {
namespace {

using effects::OrderField;
using effects::OrderRecord;
using effects::StepField;
using effects::StepRecord;

bool called_off(const StepRecord& step) {
    const auto& status = step.fields[StepField::status];
    return status.empty() || status == "CANCELED" || status == "DISCONTINUED";
}

// The earliest, a day before its times. Empty: none has one.
std::string earliest_start(const OrderRecord& order, bool also_called_off) {
    std::string out;
    for (const auto& step : order.steps) {
        if (!also_called_off && called_off(step)) continue;
        const auto start = start_of(step);
        if (date_time_of(start, nullptr).empty()) continue;
        if (out.empty() || start < out) out = start;
    }
    return out;
}

// Of steps that still count; of an order all of whose steps were called off, when it would have been.
std::string start_of(const OrderRecord& order) {
    auto out = earliest_start(order, false);
    return out.empty() ? earliest_start(order, true) : out;
}

// app-2: an end wherever there is a start. No record has one.
void write_end(ResourceWriter& out) {
    out.object("_end", [&] {
        out.array("extension", [&] {
            out.object({}, [&] {
                out.word("url", extensions::data_absent_reason);
                out.word("valueCode", "unknown");
            });
        });
    });
}

template <class Actor>
void write_participant(ResourceWriter& out, Actor write_actor) {
    out.object({}, [&] {
        write_actor();
        out.word("status", "accepted");
    });
}

// Each station, room and person of the steps once.
void write_participants(ResourceWriter& out, const OrderRecord& order) {
    std::set<std::pair<std::string_view, std::string>> named;
    for (const auto& step : order.steps) {
        const auto& f = step.fields;
        named.emplace("Device", f[StepField::station_name]);
        named.emplace("Location", f[StepField::location]);
        named.emplace("Practitioner", display_of(f[StepField::performing_physician]));
    }
    out.array("participant", [&] {
        write_participant(out, [&] { write_reference(out, "actor", "Patient", order.patient.value); });
        for (const auto& participant : named) {
            if (is_blank(participant.second)) continue;
            write_participant(out, [&] { write_named(out, "actor", participant.first, participant.second); });
        }
    });
}

}  // namespace

std::optional<std::string> appointment_json(const OrderRecord& order, Instant updated,
                                            const ProjectionContext& context) {
    const auto start = start_of(order);
    if (start.empty()) return std::nullopt;
    ResourceWriter out("Appointment", std::to_string(order.id.value));
    write_meta(out, {order.last_change, updated});
    out.word("status", appointment_status(order));
    out.array("serviceType", [&] { write_procedure(out, {}, order); });
    write_reasons(out, order);
    out.string("description", order.fields[OrderField::procedure_description]);
    write_instant(out, "start", "_start", start, context.zone);
    write_end(out);
    write_based_on(out, order, context);
    write_participants(out, order);
    return std::move(out).finish();
}

}  // namespace gantry::fhir
