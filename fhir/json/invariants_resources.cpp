// The pages of the resources, and http://hl7.org/fhir/R4/domainresource.html. What needs to see more than the element
// itself (dom-3, ref-1, bdl-7) is in validation.cpp.
#include <string>
#include <unordered_set>

#include "fhir/json/invariants_internal.hpp"

namespace gantry::fhir::r4 {
namespace {

bool contained_have_no(Element resource, std::initializer_list<std::string_view> names) {
    return all(resource, "contained", [&](Element inner) {
        for (const auto name : names)
            if (exists(inner["meta"], name)) return false;
        return true;
    });
}

bool not_at_home(Element contact) {
    return contact["use"].value() != "home";
}

// --- Appointment

bool appointment_times(Element one) {
    const bool both = exists(one, "start") && exists(one, "end");
    return both || is_one_of(one["status"].value(), {"proposed", "cancelled", "waitlist"});
}
bool appointment_cancelled(Element one) {
    return !exists(one, "cancelationReason") || is_one_of(one["status"].value(), {"no-show", "cancelled"});
}

// --- Observation

// A coding as one word: two are the same when all they say is.
std::string word_of(Element coding) {
    std::string out;
    for (const auto* name : {"system", "version", "code", "display", "userSelected"})
        out.append(coding[name].value()).push_back('\0');
    return out;
}
bool observation_components(Element one) {
    if (!exists(one, "value") || !exists(one, "component")) return true;
    std::unordered_set<std::string> codings;
    for (auto coding = one["code"]["coding"]; coding; coding = coding.again()) codings.insert(word_of(coding));
    return all(one, "component", [&](Element component) {
        return all(component["code"], "coding", [&](Element coding) { return codings.count(word_of(coding)) == 0; });
    });
}

// --- Bundle

bool entries(Element bundle, std::string_view name, bool wanted) {
    return all(bundle, "entry", [&](Element entry) { return exists(entry, name) == wanted; });
}
bool bundle_requests(Element one) {
    return entries(one, "request", is_one_of(one["type"].value(), {"batch", "transaction", "history"}));
}
bool bundle_responses(Element one) {
    return entries(one, "response",
                   is_one_of(one["type"].value(), {"batch-response", "transaction-response", "history"}));
}
bool begins_with(Element bundle, std::string_view type, std::string_view resource) {
    return bundle["type"].value() != type || bundle["entry"]["resource"].is(resource);
}

// --- Parameters

bool parameter_has_one(Element one) {
    return (exists(one, "part") ? 1 : 0) + (exists(one, "value") ? 1 : 0) + (exists(one, "resource") ? 1 : 0) == 1;
}

constexpr Invariant table[] = {
    {"DomainResource", "dom-2",
     "If the resource is contained in another resource, it SHALL NOT contain nested Resources",
     [](Element one) { return all(one, "contained", [](Element inner) { return !exists(inner, "contained"); }); }},
    {"DomainResource", "dom-4",
     "If a resource is contained in another resource, it SHALL NOT have a meta.versionId or a meta.lastUpdated",
     [](Element one) {
         return contained_have_no(one, {"versionId", "lastUpdated"});
     }},
    {"DomainResource", "dom-5", "If a resource is contained in another resource, it SHALL NOT have a security label",
     [](Element one) { return contained_have_no(one, {"security"}); }},
    {"DomainResource", "dom-6", "A resource should have narrative for robust management",
     [](Element one) { return exists(one["text"], "div"); }, Severity::warning},
    {"Patient.contact", "pat-1", "SHALL at least contain a contact's details or a reference to an organization",
     [](Element one) {
         return exists(one, "name") || exists(one, "telecom") || exists(one, "address") || exists(one, "organization");
     }},
    {"Organization", "org-1", "The organization SHALL at least have a name or an identifier",
     [](Element one) { return exists(one, "identifier") || exists(one, "name"); }},
    {"Organization", "org-2", "An address of an organization can never be of use 'home'",
     [](Element one) { return all(one, "address", not_at_home); }},
    {"Organization", "org-3", "The telecom of an organization can never be of use 'home'",
     [](Element one) { return all(one, "telecom", not_at_home); }},
    {"ServiceRequest", "prr-1", "orderDetail SHALL only be present if code is present",
     [](Element one) { return !exists(one, "orderDetail") || exists(one, "code"); }},
    {"Task", "inv-1", "Last modified date must be greater than or equal to authored-on date",
     [](Element one) { return compare_times(one["lastModified"].value(), one["authoredOn"].value()) != -1; }},
    {"Appointment.participant", "app-1", "Either the type or actor on the participant SHALL be specified",
     [](Element one) { return exists(one, "type") || exists(one, "actor"); }},
    {"Appointment", "app-2", "Either start and end are specified, or neither",
     [](Element one) { return exists(one, "start") == exists(one, "end"); }},
    {"Appointment", "app-3", "Only proposed or cancelled appointments can be missing start/end dates",
     appointment_times},
    {"Appointment", "app-4", "Cancelation reason is only used for appointments that have been cancelled, or no-show",
     appointment_cancelled},
    {"Observation.referenceRange", "obs-3", "Must have at least a low or a high or text",
     [](Element one) { return exists(one, "low") || exists(one, "high") || exists(one, "text"); }},
    {"Observation", "obs-6", "dataAbsentReason SHALL only be present if Observation.value[x] is not present",
     [](Element one) { return !exists(one, "dataAbsentReason") || !exists(one, "value"); }},
    {"Observation", "obs-7",
     "If Observation.code is the same as an Observation.component.code then the value element associated with the code "
     "SHALL NOT be present",
     observation_components},
    {"AuditEvent.entity", "sev-1", "Either a name or a query (NOT both)",
     [](Element one) { return !exists(one, "name") || !exists(one, "query"); }},
    {"Bundle", "bdl-1", "total only when a search or history",
     [](Element one) {
         return !exists(one, "total") || is_one_of(one["type"].value(), {"searchset", "history"});
     }},
    {"Bundle", "bdl-2", "entry.search only when a search",
     [](Element one) { return one["type"].value() == "searchset" || entries(one, "search", false); }},
    {"Bundle", "bdl-3", "entry.request mandatory for batch/transaction/history, otherwise prohibited", bundle_requests},
    {"Bundle", "bdl-4",
     "entry.response mandatory for batch-response/transaction-response/history, otherwise prohibited",
     bundle_responses},
    {"Bundle.entry", "bdl-5", "must be a resource unless there's a request or response",
     [](Element one) { return exists(one, "resource") || exists(one, "request") || exists(one, "response"); }},
    {"Bundle.entry", "bdl-8", "fullUrl cannot be a version specific reference",
     [](Element one) { return one["fullUrl"].value().find("/_history/") == std::string_view::npos; }},
    {"Bundle", "bdl-9", "A document must have an identifier with a system and a value",
     [](Element one) {
         const auto identifier = one["identifier"];
         return one["type"].value() != "document" || (exists(identifier, "system") && exists(identifier, "value"));
     }},
    {"Bundle", "bdl-10", "A document must have a date",
     [](Element one) { return one["type"].value() != "document" || one["timestamp"].has_value(); }},
    {"Bundle", "bdl-11", "A document must have a Composition as the first resource",
     [](Element one) { return begins_with(one, "document", "Composition"); }},
    {"Bundle", "bdl-12", "A message must have a MessageHeader as the first resource",
     [](Element one) { return begins_with(one, "message", "MessageHeader"); }},
    {"Parameters.parameter", "inv-1", "A parameter must have one and only one of (value, resource, part)",
     parameter_has_one},
};

}  // namespace

std::span<const Invariant> resource_invariants() {
    return table;
}

}  // namespace gantry::fhir::r4
