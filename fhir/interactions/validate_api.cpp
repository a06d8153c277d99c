#include "fhir/interactions/validate_api.hpp"

#include <algorithm>

#include "fhir/interactions/compartment.hpp"
#include "fhir/json/definitions.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/validation.hpp"
#include "fhir/json/xml_reader.hpp"
#include "fhir/mapping/resource_effects.hpp"
#include "fhir/search/criteria.hpp"

namespace gantry::fhir {
namespace {

using r4::IssueType, r4::Severity;

constexpr std::string_view base_profiles = "http://hl7.org/fhir/StructureDefinition/";

std::optional<ValidateMode> mode_named(std::string_view text) {
    if (text == "create") return ValidateMode::create;
    if (text == "update") return ValidateMode::update;
    if (text == "delete") return ValidateMode::remove;
    if (text == "profile") return ValidateMode::profile;
    return std::nullopt;
}

r4::Issue said(Severity severity, IssueType type, std::string text, std::string expression = {}) {
    return {severity, type, std::move(text), std::move(expression), {}, {}};
}

void add_of_mode(const r4::Resource* resource, const ValidateQuestion& asked, std::vector<r4::Issue>& out) {
    if (asked.mode == ValidateMode::profile) return;
    if (!is_written(asked.type)) {
        out.push_back(said(Severity::error, IssueType::not_supported, asked.type + " is not written here"));
        return;
    }
    const bool has_id = resource && !resource->id().empty();
    if (asked.mode == ValidateMode::create) {
        if (has_id)
            out.push_back(said(Severity::information, IssueType::informational,
                               "ids are given by this server: the one it has will be another", asked.type + ".id"));
        return;
    }
    if (asked.mode == ValidateMode::update && !has_id)
        out.push_back(
            said(Severity::error, IssueType::required, "an update has the id of its resource", asked.type + ".id"));
    if (!asked.there && (has_id || !asked.id.empty()))
        out.push_back(said(Severity::error, IssueType::not_found, "there is no such resource to change"));
}

}  // namespace

std::vector<r4::Issue> issues_of(const r4::Resource* resource, const ValidateQuestion& asked) {
    std::vector<r4::Issue> out;
    if (resource) {
        r4::ValidateOptions options;
        options.advice = true;
        out = r4::validate(*resource, options);
        const auto type = resource->type().name();
        if (type != asked.type)
            out.push_back(said(Severity::error, IssueType::structure, "it is no " + asked.type, std::string(type)));
        if (!asked.id.empty() && resource->id() != asked.id)
            out.push_back(
                said(Severity::error, IssueType::value, "the id is not that of the address", asked.type + ".id"));
    }
    add_of_mode(resource, asked, out);
    for (const auto& profile : asked.profiles)
        if (profile != std::string(base_profiles) + asked.type)
            out.push_back(said(Severity::information, IssueType::informational,
                               "only what R4 itself says is checked, and not the profile named"));
    return out;
}

void ValidateApi::add_to(net::HttpRouter& router) {
    const auto handler = [this](const net::HttpRequest& request) { return answer(request); };
    router.add("POST", "/fhir/{type}/$validate", handler);
    router.add("POST", "/fhir/{type}/{id}/$validate", handler);
    router.add("GET", "/fhir/{type}/{id}/$validate", handler);
}

Result<ValidateApi::Asked> ValidateApi::allowed(const net::HttpRequest& request, const Wanted& wanted) const {
    const auto grant = parts_.access(request);
    if (!grant) return grant.error();
    Asked out{request, wanted, {}, {}};
    auto& [type, id, mode, profiles, there] = out.question;
    type = capture(request, "type");
    id = capture(request, "id");
    const auto known = r4::Type::find(type);
    if (!known || !known->is_resource()) return Error{ErrorCode::fhir_unknown_type, type, {}};
    const auto to_read = reach(*grant, type, Action::read);
    if (to_read == Reach::patient) out.patient = grant->patient;
    bool any = to_read != Reach::nothing;
    for (const auto action : {Action::create, Action::update})
        any = any || (id.empty() && reach(*grant, type, action) != Reach::nothing);
    if (!any) return Error{ErrorCode::access_scope, "it needs " + scope_text(type, Action::read), {}};
    return out;
}

std::optional<Error> ValidateApi::take(ValidateQuestion& question, std::string_view name, std::string_view value) {
    if (name == "profile") question.profiles.emplace_back(value);
    if (name != "mode") return std::nullopt;
    const auto mode = mode_named(value);
    if (!mode) return Error{ErrorCode::fhir_bad_parameter, "mode is create, update, delete or profile", "mode"};
    question.mode = *mode;
    return std::nullopt;
}

ValidateApi::Brought ValidateApi::brought(const Asked& asked, ValidateQuestion& question) {
    Brought out;
    const auto refuse = [&](const Error& error) { out.refusal = outcome_response(error, asked.wanted); };
    for (const auto& [name, value] : asked.request.query)
        if (const auto error = take(question, name, value)) refuse(*error);
    const auto& body = asked.request.body;
    if (out.refusal || asked.request.method == "GET" || body.empty()) return out;
    const auto format = format_of_content(asked.request);
    if (!format) return refuse({ErrorCode::fhir_bad_media_type, {}, "Content-Type"}), std::move(out);
    auto read = *format == Format::xml ? r4::read_xml(body) : r4::read_json(body);
    out.issues = std::move(read.issues);
    constexpr int unreadable = 400;
    if (!read.resource) {
        out.refusal = net::HttpResponse{unreadable,
                                        {{"Content-Type", std::string(content_type(asked.wanted))}},
                                        laid_out(r4::operation_outcome_json(out.issues), asked.wanted)};
        return out;
    }
    if (read.resource->type().name() != "Parameters") {
        out.resource = std::move(read.resource);
        return out;
    }
    for (auto one = (*read.resource)["parameter"]; one; one = one.again()) {
        const auto name = one["name"].value();
        if (name == "resource" && one["resource"].type()) out.resource = r4::Resource::extract(one["resource"]);
        if (const auto error = take(question, name, one["value"].value())) refuse(*error);
    }
    return out;
}

Result<std::optional<r4::Resource>> ValidateApi::stored(const Asked& asked, std::string_view id) const {
    const auto* type = searchable_type(asked.question.type);
    const auto number = record_id(id);
    if (!type || !number) return {std::nullopt};
    if (asked.patient) {
        const SearchContext context{{parts_.zone, base_of(asked.request, parts_.base), parts_.clock.now()},
                                    parts_.projection};
        const auto seen = parts_.search.count(
            {type->table,
             store::all_of({store::equal("id", std::vector{*number}), in_compartment(*type, *asked.patient, context)}),
             {}});
        if (!seen) return seen.error();
        if (*seen == 0) return {std::nullopt};
    }
    const auto found = shelf_.get(type->name, {&*number, 1});
    if (!found) return found.error();
    if (found->empty()) return {std::nullopt};
    auto read = r4::read_json(found->front().json);
    return std::move(read.resource);
}

net::HttpResponse ValidateApi::answer(const net::HttpRequest& request) {
    const auto wanted = wanted_of(request);
    if (!wanted) return outcome_response(wanted.error());
    const auto asked = allowed(request, *wanted);
    if (!asked) return outcome_response(asked.error(), *wanted);
    auto question = asked->question;
    auto content = brought(*asked, question);
    if (content.refusal) return std::move(*content.refusal);
    const auto id = !question.id.empty() ? question.id
                    : content.resource   ? std::string(content.resource->id())
                                         : std::string();
    auto there = stored(*asked, id);
    if (!there) return outcome_response(there.error(), *wanted);
    question.there = there->has_value();
    if (!question.id.empty() && !question.there)
        return outcome_response({ErrorCode::fhir_not_found, question.type + "/" + question.id, {}}, *wanted);
    if (!content.resource && question.id.empty())
        return outcome_response({ErrorCode::fhir_bad_resource, "there is no resource to validate", "resource"},
                                *wanted);
    const auto* resource = content.resource ? &*content.resource : &**there;
    auto issues = std::move(content.issues);
    for (auto& issue : issues_of(resource, question)) issues.push_back(std::move(issue));
    return {200,
            {{"Content-Type", std::string(content_type(*wanted))}},
            laid_out(r4::operation_outcome_json(issues), *wanted)};
}

}  // namespace gantry::fhir
