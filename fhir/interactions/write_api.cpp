#include "fhir/interactions/write_api.hpp"
#include "fhir/search/criteria.hpp"

#include <algorithm>

#include "engine/net/http_date.hpp"
#include "engine/net/http_form.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/validation.hpp"
#include "fhir/json/xml_reader.hpp"
#include "fhir/mapping/element_values.hpp"
#include "fhir/mapping/resource_effects.hpp"
#include "fhir/search/values.hpp"

namespace gantry::fhir {
namespace {

using effects::RecordKind;
using effects::RecordOutcome;

RecordKind kind_of(std::string_view type) {
    if (type == "Patient") return RecordKind::patient;
    return type == "DiagnosticReport" ? RecordKind::report : RecordKind::order;
}

// "identifier=system|value", "?identifier=|value" or "identifier=value", as a search has it.
std::optional<SearchValue> wanted_identifier(std::string_view condition) {
    if (condition.starts_with('?')) condition.remove_prefix(1);
    const auto fields = net::read_form(condition);
    if (!fields || fields->size() != 1 || fields->front().first != "identifier") return std::nullopt;
    const auto& token = fields->front().second;
    if (alternatives(token).size() != 1) return std::nullopt;
    auto value = token_value(token);
    return value && !value->code.empty() ? std::optional(std::move(*value)) : std::nullopt;
}

// What the outcome says beside its error.
std::vector<Issue> remarks_of(const effects::UnitOutcome& outcome) {
    std::vector<Issue> out;
    for (const auto& warning : outcome.warnings) out.push_back({"warning", "not-supported", warning, {}});
    for (const auto& record : outcome.records) {
        const bool conflict = record.what == RecordOutcome::What::conflict;
        const bool told = conflict || record.what == RecordOutcome::What::ignored;
        if (told && !record.reason.empty())
            out.push_back({conflict ? "warning" : "information", conflict ? "conflict" : "informational", record.reason,
                           record.place});
    }
    return out;
}

// The record that a resource of this type, at this place, has become; null: none.
const RecordOutcome* record_of(const effects::UnitOutcome& outcome, std::string_view type, std::string_view place) {
    const RecordOutcome* out = nullptr;
    for (const auto& record : outcome.records) {
        if (record.kind != kind_of(type) || record.id == 0) continue;
        const bool better = !out || record.place == place;
        if (better && !(out && out->what == RecordOutcome::What::created && out->id == record.id)) out = &record;
    }
    return out;
}

net::HttpResponse problems(int status, std::span<const r4::Issue> issues, const Wanted& wanted) {
    return {status,
            {{"Content-Type", std::string(content_type(wanted))}},
            laid_out(r4::operation_outcome_json(issues), wanted)};
}

}  // namespace

// W/"7" or "7".
std::int64_t WriteApi::version_of(std::string_view if_match) {
    if (if_match.starts_with("W/")) if_match.remove_prefix(2);
    if (if_match.size() > 2 && if_match.front() == '"') if_match = if_match.substr(1, if_match.size() - 2);
    return record_id(if_match).value_or(0);
}

// The record that the condition speaks of, by an identifier that the resource has itself: only then does the same
// number that the condition asks for keep a second one out.
Result<effects::KnownBy> WriteApi::condition_of(std::string_view condition, const r4::Resource& resource,
                                                const IdentifierSystems& systems) {
    const auto wanted = wanted_identifier(condition);
    if (!wanted)
        return Error{ErrorCode::fhir_bad_parameter, "the condition is identifier=system|value", "If-None-Exist"};
    for (auto one = resource["identifier"]; one; one = one.again()) {
        const bool system = !wanted->system || one["system"].value() == *wanted->system;
        if (!system || one["value"].value() != wanted->code) continue;
        const auto uid = uid_of(one);
        if (!uid.empty()) break;
        auto number = number_of(one, systems);
        const auto kind = kind_of(resource.type().name());
        return effects::KnownBy{kind, {std::move(number.value), std::move(number.authority), std::move(number.type)}};
    }
    return Error{ErrorCode::fhir_bad_parameter, "it is none of the resource's own identifiers", "If-None-Exist"};
}

std::span<const std::string_view> written_interactions() {
    static constexpr std::string_view all[] = {"create", "update", "patch"};
    return all;
}

void WriteApi::add_to(net::HttpRouter& router) {
    add(router, "POST", "/fhir", &WriteApi::bundle);
    add(router, "POST", "/fhir/{type}", &WriteApi::create);
    add(router, "PUT", "/fhir/{type}/{id}", &WriteApi::update);
    add(router, "PUT", "/fhir/{type}", &WriteApi::update_by);
    add(router, "PATCH", "/fhir/{type}/{id}", &WriteApi::patch);
    add(router, "PATCH", "/fhir/{type}", &WriteApi::patch_by);
}

// Who has no token is told nothing else.
void WriteApi::add(net::HttpRouter& router, const char* method, const char* pattern, Handler handler) {
    router.add(method, pattern, [this, handler](const net::HttpRequest& request) {
        const auto wanted = wanted_of(request);
        if (!wanted) return outcome_response(wanted.error());
        auto grant = parts_.access(request);
        if (!grant) return outcome_response(grant.error(), *wanted);
        return (this->*handler)({request, *wanted, std::move(*grant), base_of(request, parts_.base)});
    });
}

std::optional<Error> WriteApi::forbidden(const Grant& grant, std::string_view type, Action action) const {
    if (!is_written(type)) return Error{ErrorCode::fhir_unknown_type, std::string(type) + " is not written", {}};
    if (reach(grant, type, action) != Reach::everything)
        return Error{ErrorCode::access_scope, "it needs " + scope_text(type, action), {}};
    return std::nullopt;
}

WriteApi::Content WriteApi::content_of(const Asked& asked, std::string_view type) const {
    Content out;
    const auto format = format_of_content(asked.request);
    if (!format) {
        out.refusal = outcome_response({ErrorCode::fhir_bad_media_type, {}, "Content-Type"}, asked.wanted);
        return out;
    }
    out.format = *format;
    const auto& body = asked.request.body;
    auto read = *format == Format::xml ? r4::read_xml(body) : r4::read_json(body);
    constexpr int unreadable = 400, against_rules = 422;
    if (!read.ok()) {
        out.refusal = problems(unreadable, read.issues, asked.wanted);
        return out;
    }
    if (read.resource->type().name() != type) {
        out.refusal = outcome_response(
            {ErrorCode::fhir_bad_resource, "it is no " + std::string(type), std::string(read.resource->type().name())},
            asked.wanted);
        return out;
    }
    const auto issues = r4::validate(*read.resource);
    if (!r4::acceptable(issues)) {
        out.refusal = problems(against_rules, issues, asked.wanted);
        return out;
    }
    out.resource = std::move(read.resource);
    return out;
}

Result<std::optional<ServedResource>> WriteApi::served(std::string_view type, std::int64_t id) const {
    auto found = shelf_.get(type, {&id, 1});
    if (!found) return found.error();
    if (found->empty()) return {std::nullopt};
    return {std::move(found->front())};
}

WriteApi::Done WriteApi::written(std::string_view type, WriteRequest request) {
    const auto outcome = parts_.write(std::move(request));
    if (!outcome) return {info(outcome.error().code).http_status, {issue_of(outcome.error())}, std::nullopt};
    auto out = done_of(*outcome, type, type);
    auto remarks = remarks_of(*outcome);
    out.issues.insert(out.issues.end(), remarks.begin(), remarks.end());
    return out;
}

WriteApi::Done WriteApi::done_of(const effects::UnitOutcome& outcome, std::string_view type,
                                 std::string_view place) const {
    constexpr int created = 201, known = 200, nothing_of_it = 422;
    if (outcome.error) return {info(outcome.error->code).http_status, {issue_of(*outcome.error)}, std::nullopt};
    const auto* record = record_of(outcome, type, place);
    if (!record) {
        const auto& why = outcome.filtered_by;
        return {
            nothing_of_it, {{"error", "business-rule", why.empty() ? "nothing of it is kept" : why, {}}}, std::nullopt};
    }
    // It is written, whether or not it can be read now.
    auto now = served(type, record->id);
    return {record->what == RecordOutcome::What::created ? created : known, {}, now ? std::move(*now) : std::nullopt};
}

WriteApi::Done WriteApi::created(const r4::Resource& resource, WriteRequest request, std::string_view if_none_exist) {
    const auto type = resource.type().name();
    if (!if_none_exist.empty()) {
        auto condition = condition_of(if_none_exist, resource, parts_.projection.systems);
        if (!condition) return {info(condition.error().code).http_status, {issue_of(condition.error())}, std::nullopt};
        request.unless_known = std::move(*condition);
    }
    request.interaction = "create";
    return written(type, std::move(request));
}

WriteApi::Done WriteApi::updated(const r4::Resource& resource, WriteRequest request, std::string_view id,
                                 std::string_view if_match) {
    if (resource.id() == id) return changed(resource.type().name(), std::move(request), id, if_match);
    const Error error{ErrorCode::fhir_bad_resource, "the id is not that of the address", "id"};
    return {info(error.code).http_status, {issue_of(error)}, std::nullopt};
}

WriteApi::Done WriteApi::changed(std::string_view type, WriteRequest request, std::string_view id,
                                 std::string_view if_match) {
    request.own = record_id(id).value_or(0);
    if (if_match == any_version) if_match = {};
    const auto now = served(type, request.own);
    if (!now) return {info(now.error().code).http_status, {issue_of(now.error())}, std::nullopt};
    // Ids are given here and not by clients.
    if (request.own == 0 || !*now) {
        const Error error{ErrorCode::fhir_not_found, std::string(type) + "/" + std::string(id), {}};
        return {info(error.code).http_status, {issue_of(error)}, std::nullopt};
    }
    if (!if_match.empty())
        request.only_version = effects::KnownVersion{kind_of(type), request.own, version_of(if_match)};
    if (request.interaction.empty()) request.interaction = "update";
    return written(type, std::move(request));
}

std::string WriteApi::location(const Asked& asked, const ServedResource& resource) {
    return asked.base + "/" + std::string(resource.type) + "/" + resource.id + "/_history/" +
           std::to_string(resource.version);
}

net::HttpResponse WriteApi::response(const Asked& asked, const Done& done) const {
    auto issues = done.issues;
    if (issues.empty()) issues.push_back({"information", "informational", "it is as it was sent", {}});
    auto out = outcome_response(done.status, issues, asked.wanted);
    constexpr int failed = 400, unavailable = 503;
    if (done.status == unavailable) out.headers.emplace_back("Retry-After", "5");
    if (done.status >= failed || !done.resource) return out;
    const auto& resource = *done.resource;
    out.headers.emplace_back("Location", location(asked, resource));
    out.headers.emplace_back("ETag", etag_of(resource.version));
    out.headers.emplace_back("Last-Modified", net::http_date(resource.updated));
    if (asked.wanted.returned == Returned::outcome) return out;
    // RFC 7234 5.5: for whoever reads no outcome. Sentences of ours, without quotes.
    constexpr std::size_t most = 20, longest = 200;
    for (std::size_t i = 0; i < std::min(most, done.issues.size()); ++i) {
        auto text = done.issues[i].diagnostics.substr(0, longest);
        std::replace_if(
            text.begin(), text.end(), [](char c) { return c == '"' || c == '\\' || (c >= 0 && c < ' '); }, ' ');
        out.headers.emplace_back("Warning", "199 gantry \"" + text + "\"");
    }
    out.body = asked.wanted.returned == Returned::nothing ? std::string() : laid_out(resource.json, asked.wanted);
    return out;
}

net::HttpResponse WriteApi::create(const Asked& asked) {
    const auto type = capture(asked.request, "type");
    if (const auto error = forbidden(asked.grant, type, Action::create)) return outcome_response(*error, asked.wanted);
    auto content = content_of(asked, type);
    if (!content.resource) return std::move(content.refusal);
    WriteRequest request{asked.request.body, content.format, asked.request.peer.text(), {}};
    return response(asked, created(*content.resource, std::move(request), header(asked.request, "If-None-Exist")));
}

net::HttpResponse WriteApi::update(const Asked& asked) {
    const auto type = capture(asked.request, "type");
    if (const auto error = forbidden(asked.grant, type, Action::update)) return outcome_response(*error, asked.wanted);
    auto content = content_of(asked, type);
    if (!content.resource) return std::move(content.refusal);
    WriteRequest request{asked.request.body, content.format, asked.request.peer.text(), {}};
    return response(asked, updated(*content.resource, std::move(request), capture(asked.request, "id"),
                                   header(asked.request, "If-Match")));
}

}  // namespace gantry::fhir
