#include "fhir/mapping/resource_effects.hpp"

#include <algorithm>
#include <array>

#include "engine/effects/order_rules.hpp"
#include "fhir/json/reference.hpp"
#include "fhir/mapping/resource_reading.hpp"

namespace gantry::fhir {
namespace {

using r4::Element;

constexpr std::array<std::string_view, 4> types{"DiagnosticReport", "ImagingStudy", "Patient", "ServiceRequest"};
// Taken along with what refers to them, no records themselves.
constexpr std::array<std::string_view, 3> company{"MessageHeader", "Observation", "Practitioner"};

bool among(const auto& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// "ServiceRequest/301" of a request of a Bundle, where that names one of ours.
std::int64_t target_of(Element request, std::string_view type) {
    if (request["method"].value() != "PUT") return 0;
    const auto url = r4::parse_reference(request["url"].value());
    return url.type && url.type->name() == type ? ResourceReading::own_id(url.id) : 0;
}

std::vector<Submitted> submitted_of(const r4::Resource& resource, std::int64_t own) {
    std::vector<Submitted> out;
    if (resource.type().name() != "Bundle") return {{resource.root(), {}, own, std::string(resource.type().name())}};
    for_each(resource.root(), "entry", [&](Element entry) {
        const auto inside = entry["resource"];
        if (!inside) return;
        out.push_back({inside, entry["fullUrl"].value(), target_of(entry["request"], type_of(inside)), inside.path()});
    });
    return out;
}

// What is said of when it was said: of a Bundle its own moment.
Instant said_at(const r4::Resource& resource, Instant received, const Zone* zone) {
    if (resource.type().name() != "Bundle") return received;
    return instant_at(resource["timestamp"].value(), zone).value_or(received);
}

// An order that does not say when it was made was made when it came.
void date_order(ResourceReading& reading, effects::OrderChange& order, Instant said) {
    const bool new_one = effects::opens(order.action) || order.action == effects::OrderAction::create_or_update;
    if (!new_one || !order.fields.value(effects::OrderField::ordered_date).empty()) return;
    static const Zone utc("UTC");
    const auto local = (reading.context.zone ? *reading.context.zone : utc).local(said);
    reading.fill(order.fields, effects::OrderField::ordered_date, local.date() + local.time(), "received");
}

void finish(ResourceReading& reading, Instant said) {
    auto& effects = reading.effects;
    const auto time = event_time_of(said);
    for (auto& order : effects.orders) {
        order.event_time = time;
        date_order(reading, order, said);
    }
    for (auto& report : effects.reports) {
        if (report.event_time.empty()) report.event_time = time;
        for (auto& order : report.orders) order.event_time = report.event_time;
    }
    if (const auto failure = reading.context.known.failure()) {
        effects.disposition = effects::Disposition::reject;
        effects.error = failure;
    }
    if (effects.patient && !effects.patient->identifiers.empty())
        effects.ordering_key = effects::identifier_key(effects.patient->identifiers.front());
}

effects::Effects rejection(const Error& error) {
    effects::Effects out;
    out.disposition = effects::Disposition::reject;
    out.error = error;
    return out;
}

}  // namespace

std::span<const std::string_view> written_types() {
    return types;
}

bool is_written(std::string_view type) {
    const auto all = written_types();
    return std::find(all.begin(), all.end(), type) != all.end();
}

effects::Effects effects_of(const r4::Resource& resource, std::int64_t own, Instant received,
                            const ResourceContext& context) {
    ResourceReading reading(context, submitted_of(resource, own));
    bool any = false;
    for (const auto& one : reading.submitted) {
        const auto type = type_of(one.resource);
        any = any || among(types, type);
        if (!among(types, type) && !among(company, type))
            reading.fail(ErrorCode::fhir_unknown_type, std::string(type) + " is not taken", one.resource.path());
    }
    if (!any) reading.fail(ErrorCode::fhir_unknown_type, "there is nothing in it that is taken", {});
    for (const auto& one : reading.submitted)
        if (type_of(one.resource) == "Patient") read_patient(reading, one);
    OrdersRead orders(reading);
    orders.read();
    for (const auto& one : reading.submitted)
        if (type_of(one.resource) == "DiagnosticReport") read_report(reading, one, orders);
    finish(reading, said_at(resource, received, context.zone));
    if (reading.failed()) return rejection(*reading.effects.error);
    return std::move(reading.effects);
}

}  // namespace gantry::fhir
