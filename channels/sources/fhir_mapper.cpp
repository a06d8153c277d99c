#include "channels/sources/fhir_mapper.hpp"

#include <algorithm>

#include "fhir/json/json_reader.hpp"
#include "fhir/json/validation.hpp"
#include "fhir/json/xml_reader.hpp"

namespace gantry::channels {
namespace {

using namespace fhir;

effects::Effects rejected(Error error) {
    effects::Effects out;
    out.disposition = effects::Disposition::reject;
    out.error = std::move(error);
    return out;
}

Error not_valid(const std::vector<r4::Issue>& issues) {
    const auto first = std::find_if(issues.begin(), issues.end(), [](const r4::Issue& issue) {
        return issue.severity == r4::Severity::error || issue.severity == r4::Severity::fatal;
    });
    if (first == issues.end()) return {ErrorCode::fhir_bad_resource, {}, {}};
    return {ErrorCode::fhir_bad_resource, first->diagnostics, first->expression};
}

// The types that an entry, or the resource itself, wants to write.
std::optional<std::string> forbidden_type(const r4::Resource& resource, const std::vector<std::string>& taken) {
    const auto known = written_types();
    const auto check = [&](std::string_view type) {
        const bool written = std::find(known.begin(), known.end(), type) != known.end();
        return written && std::find(taken.begin(), taken.end(), type) == taken.end();
    };
    if (resource.type().name() != "Bundle")
        return check(resource.type().name()) ? std::optional<std::string>(resource.type().name()) : std::nullopt;
    for (auto entry = resource["entry"]; entry; entry = entry.again()) {
        const auto type = entry["resource"].type();
        if (type && check(type->name())) return std::string(type->name());
    }
    return std::nullopt;
}

// A message Bundle is one by its identifier: sent again, it is a copy.
std::string control_id_of(const r4::Resource& resource) {
    const bool message = resource.type().name() == "Bundle" && resource["type"].value() == "message";
    const auto id = message ? resource["identifier"]["value"].value() : std::string_view();
    constexpr std::size_t longest = 199;
    return id.size() > longest ? std::string() : std::string(id);
}

r4::Issue issue_of(const Error& error) {
    r4::Issue out;
    out.type = r4::IssueType::invariant;
    out.diagnostics = error.text();
    out.expression = error.place;
    return out;
}

effects::Effects filtered(const std::string& rule) {
    effects::Effects out;
    out.disposition = effects::Disposition::filter;
    out.filtered_by = rule;
    return out;
}

const ResourceAcceptRule* refusing(const std::vector<ResourceAcceptRule>& rules, const r4::Resource& resource) {
    const auto at =
        std::find_if(rules.begin(), rules.end(), [&](const auto& one) { return !one.rule.holds(resource); });
    return at == rules.end() ? nullptr : &*at;
}

void deliver(const std::vector<QueuedResources>& queued, const r4::Resource& resource, effects::Effects& effects) {
    using effects::Urgency;
    for (const auto& destination : queued) {
        if (destination.when && !destination.when->holds(resource)) {
            effects.declined.push_back(destination.name);
            continue;
        }
        auto urgency = Urgency::unranked;
        if (destination.urgent_when)
            urgency = destination.urgent_when->holds(resource) ? Urgency::urgent : Urgency::ordinary;
        effects.deliveries.push_back({destination.name, {}, true, urgency});
    }
}

std::string reply_of(const effects::UnitOutcome& outcome) {
    std::vector<r4::Issue> issues;
    if (outcome.error) issues.push_back(issue_of(*outcome.error));
    for (const auto& warning : outcome.warnings)
        issues.push_back({r4::Severity::warning, r4::IssueType::not_supported, warning, {}, {}, {}});
    return r4::operation_outcome_json(issues);
}

}  // namespace

store::Unit FhirMapper::interpret(runtime::Inbound message) const {
    const auto first = message.bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    FhirSubmission submission;
    submission.xml = first != std::string::npos && message.bytes[first] == '<';
    submission.bytes = std::move(message.bytes);
    submission.peer = std::move(message.peer);
    submission.received = message.received;
    submission.interaction = "create";
    auto out = unit(std::move(submission));
    if (message.broken) out.effects = rejected(*message.broken);
    return out;
}

store::Unit FhirMapper::unit(FhirSubmission submission) const {
    store::Unit out;
    out.channel = handling_.channel;
    out.revision = handling_.revision;
    out.received = submission.received;
    out.sender = handling_.channel + "|fhir|";
    out.policy = &handling_.orders;
    out.reply = [](const effects::UnitOutcome& outcome, Instant) { return reply_of(outcome); };
    auto read = submission.xml ? r4::read_xml(submission.bytes) : r4::read_json(submission.bytes);
    out.type = submission.interaction;
    if (read.resource) out.type += "^" + std::string(read.resource->type().name());
    auto problems = std::move(read.issues);
    if (read.resource && r4::acceptable(problems)) problems = r4::validate(*read.resource);
    if (!read.resource || !r4::acceptable(problems)) {
        out.effects = rejected(not_valid(problems));
    } else if (const auto type = forbidden_type(*read.resource, handling_.types)) {
        out.effects = rejected({ErrorCode::fhir_unknown_type, *type + " is not taken by this channel", {}});
    } else if (const auto* rule = refusing(handling_.accept, *read.resource)) {
        out.effects = filtered(rule->name);
    } else {
        const auto known = handling_.known();
        out.effects = effects_of(*read.resource, submission.own, submission.received,
                                 {handling_.systems, *known, handling_.zone, handling_.base, handling_.modality_of,
                                  handling_.station_of, handling_.placer_authority});
        out.control_id = control_id_of(*read.resource);
        if (out.effects.disposition == effects::Disposition::apply)
            deliver(handling_.queued, *read.resource, out.effects);
    }
    out.effects.unless_known = std::move(submission.unless_known);
    out.effects.only_version = submission.only_version;
    out.peer = std::move(submission.peer);
    out.content = std::move(submission.bytes);
    return out;
}

}  // namespace gantry::channels
