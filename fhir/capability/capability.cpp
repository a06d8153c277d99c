#include "fhir/capability/capability.hpp"

#include <algorithm>

#include "engine/json/writer.hpp"
#include "fhir/interactions/api.hpp"
#include "fhir/interactions/history_api.hpp"
#include "fhir/interactions/operations.hpp"
#include "fhir/interactions/validate_api.hpp"
#include "fhir/interactions/write_api.hpp"
#include "fhir/json/definitions.hpp"
#include "fhir/mapping/resource_effects.hpp"
#include "fhir/search/parameters.hpp"
#include "fhir/subscriptions/subscription_api.hpp"

namespace gantry::fhir {
namespace {

using json::Writer;

std::string moment(Instant at) {
    static const Zone utc("UTC");
    const auto local = utc.local(at);
    auto out = local.iso();  // with microseconds and an offset
    constexpr std::size_t seconds = 19;
    out.resize(seconds);
    return out + "Z";
}

// The address under which R4 publishes the parameter; empty: it is ours.
std::string definition_of(std::string_view type, const SearchParameter& parameter) {
    if (parameter.ours) return {};
    for (const auto owner : {type, std::string_view("Resource"), std::string_view("DomainResource")})
        if (const auto published = r4::SearchParameter::find(owner, parameter.code))
            return std::string(published->url());
    return {};
}

void write_parameter(Writer& out, std::string_view type, const SearchableType& searched,
                     const SearchParameter& parameter) {
    const auto* meant = searched.find(parameter.code);
    out.begin_object().member("name", parameter.code);
    out.member_if("definition", definition_of(type, parameter));
    out.member("type", to_text(meant->type)).member("documentation", parameter.meaning).end_object();
}

void write_interactions(Writer& out, std::string_view type, bool searched, bool written) {
    out.key("interaction").begin_array();
    const auto add = [&](std::string_view code) { out.begin_object().member("code", code).end_object(); };
    for (const auto code : type_interactions())
        if (searched || code == "read") add(code);
    for (const auto code : history_interactions(type)) add(code);
    if (written)
        for (const auto code : written_interactions()) add(code);
    out.end_array();
}

void write_references(Writer& out, const SearchableType& type) {
    out.key("searchInclude").begin_array();
    out.value("*");
    for (const auto& parameter : type.parameters)
        if (type.find(parameter.code)->type == ParameterType::reference)
            out.value(std::string(type.name) + ":" + std::string(parameter.code));
    out.end_array();
    std::vector<std::string> reverse;
    for (const auto& other : searchable_types())
        for (const auto& parameter : other.parameters)
            for (const auto& target : parameter.targets)
                if (target.type == type.name)
                    reverse.push_back(std::string(other.name) + ":" + std::string(parameter.code));
    if (reverse.empty()) return;
    out.key("searchRevInclude").begin_array();
    for (const auto& one : reverse) out.value(one);
    out.end_array();
}

// Of a type; empty: of the system.
void write_operations(Writer& out, std::string_view type) {
    bool begun = false;
    const auto add = [&](std::string_view name, std::string_view definition) {
        if (!begun) out.key("operation").begin_array();
        begun = true;
        out.begin_object().member("name", name).member("definition", definition).end_object();
    };
    for (const auto& operation : operations())
        if (operation.type == type) add(operation.name, operation.definition);
    if (!type.empty()) add(ValidateOperation::name, ValidateOperation::definition);
    if (begun) out.end_array();
}

void write_type(Writer& out, const SearchableType& type, bool writes) {
    const bool written = writes && is_written(type.name);
    out.begin_object().member("type", type.name);
    write_interactions(out, type.name, true, written);
    out.member("versioning", "versioned").member("readHistory", true);
    if (written) out.member("updateCreate", false).member("conditionalCreate", true).member("conditionalUpdate", true);
    out.member("conditionalRead", "full-support");
    write_references(out, type);
    out.key("searchParam").begin_array();
    for (const auto& parameter : type.parameters) write_parameter(out, type.name, type, parameter);
    out.end_array();
    write_operations(out, type.name);
    out.end_object();
}

void write_security(Writer& out, bool cors) {
    out.key("security").begin_object().member("cors", cors);
    out.key("service").begin_array().begin_object().key("coding").begin_array().begin_object();
    out.member("system", "http://terminology.hl7.org/CodeSystem/restful-security-service");
    out.member("code", "SMART-on-FHIR").end_object().end_array().end_object().end_array();
    out.member("description", "A bearer token whose SMART scopes (version 1 or 2) allow it; gantry token issue.");
    out.end_object();
}

// Subscription is stored as it is written, and searched by a table of its own.
void write_subscription(Writer& out) {
    out.begin_object();
    out.key("extension").begin_array();
    for (const auto& topic : topics()) {
        out.begin_object();
        out.member("url",
                   "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
                   "capabilitystatement-subscriptiontopic-canonical");
        out.member("valueCanonical", topic.canonical).end_object();
    }
    out.end_array().member("type", "Subscription");
    out.key("supportedProfile").begin_array();
    out.value("http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription").end_array();
    out.key("interaction").begin_array();
    for (const auto code : subscription_interactions()) out.begin_object().member("code", code).end_object();
    out.end_array().member("versioning", "versioned").member("readHistory", false).member("updateCreate", false);
    out.key("searchParam").begin_array();
    for (const auto& parameter : subscription_parameters()) {
        out.begin_object().member("name", parameter.name).member("type", parameter.type);
        out.member("documentation", parameter.meaning).end_object();
    }
    out.end_array().key("operation").begin_array();
    for (const auto& operation : subscription_operations())
        out.begin_object().member("name", operation.name).member("definition", operation.definition).end_object();
    out.end_array().end_object();
}

}  // namespace

std::string capability_json(const ServerFacts& facts) {
    Writer out;
    out.begin_object().member("resourceType", "CapabilityStatement").member("status", "active");
    out.member("date", moment(facts.started)).member("kind", "instance");
    out.key("software").begin_object().member("name", "Gantry").member_if("version", facts.version).end_object();
    out.key("implementation").begin_object().member("description", "Imaging orders, studies and reports");
    out.member("url", facts.base).end_object();
    out.member("fhirVersion", "4.0.1");
    out.key("format").begin_array().value("json").value("xml").end_array();
    if (facts.writes)
        out.key("patchFormat")
            .begin_array()
            .value("application/json-patch+json")
            .value("application/fhir+json")
            .value("application/fhir+xml")
            .end_array();
    out.key("rest").begin_array().begin_object().member("mode", "server");
    write_security(out, facts.cors);
    out.key("resource").begin_array();
    for (const auto& type : searchable_types()) write_type(out, type, facts.writes);
    for (const auto type : read_only_types()) {
        out.begin_object().member("type", type);
        write_interactions(out, type, false, false);
        if (!history_interactions(type).empty()) out.member("versioning", "versioned").member("readHistory", true);
        out.end_object();
    }
    write_subscription(out);
    out.end_array();
    out.key("interaction").begin_array().begin_object().member("code", "history-system").end_object();
    out.begin_object().member("code", "batch").end_object();
    if (facts.writes) out.begin_object().member("code", "transaction").end_object();
    out.end_array();
    write_operations(out, {});
    out.end_object().end_array().end_object();
    return std::move(out).text();
}

}  // namespace gantry::fhir
