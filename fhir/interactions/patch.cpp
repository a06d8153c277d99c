// PATCH (http://hl7.org/fhir/R4/http.html#patch): the resource as it is, patched, goes the way of an update of the
// version that was patched; whoever names no version with If-Match has it done again on what another has written
// meanwhile.
#include <algorithm>

#include "engine/base/base64.hpp"
#include "fhir/interactions/write_api.hpp"
#include "fhir/json/fhirpath_patch.hpp"
#include "fhir/json/json_document.hpp"
#include "fhir/json/json_patch.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/json_writer.hpp"
#include "fhir/json/validation.hpp"
#include "fhir/search/criteria.hpp"

#include <algorithm>

namespace gantry::fhir {
namespace {

constexpr int unreadable = 400, against_rules = 422, other_version = 412;

bool is_json_patch(std::string_view content_type) {
    std::string type(content_type.substr(0, content_type.find(';')));
    while (type.ends_with(' ') || type.ends_with('\t')) type.pop_back();
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
    return type == "application/json-patch+json";
}

Issue issue_about(const r4::PatchProblem& problem) {
    const bool is_none = problem.kind == r4::PatchProblem::Kind::unreadable;
    return {"error", is_none ? "structure" : "processing", problem.text, problem.place};
}

std::vector<Issue> issues_of(const std::vector<r4::Issue>& problems) {
    std::vector<Issue> out;
    out.reserve(problems.size());
    for (const auto& problem : problems)
        out.push_back({to_text(problem.severity), to_text(problem.type), problem.diagnostics, problem.expression});
    return out;
}

std::optional<r4::PatchProblem> applied(const PatchContent& patch, std::string& resource) {
    if (!patch.parameters) return r4::json_patch(resource, patch.json);
    auto read = r4::read_json(resource, {.lenient = true});
    if (!read.resource) return r4::PatchProblem{r4::PatchProblem::Kind::unfulfilled, "it cannot be patched", {}};
    auto problem = r4::fhirpath_patch(*read.resource, *patch.parameters);
    if (!problem) resource = r4::write_json(*read.resource);
    return problem;
}

// An element that is not there changes nothing: what the patch changed and stands as before is told.
std::vector<Issue> unchanged(std::string_view type, const std::string& before, const std::string& wanted,
                             const std::string& after) {
    const auto was = r4::read_json_node(before), meant = r4::read_json_node(wanted), is = r4::read_json_node(after);
    if (!was || !meant || !is) return {};
    const auto same = [](const r4::JsonNode* a, const r4::JsonNode* b) { return a && b ? same_json(*a, *b) : a == b; };
    auto keys = was->keys;
    for (const auto& key : meant->keys)
        if (!was->find(key)) keys.push_back(key);
    std::vector<Issue> out;
    for (const auto& key : keys) {
        if (key == "meta" || key == "text" || same(was->find(key), meant->find(key))) continue;
        if (same(was->find(key), is->find(key)))
            out.push_back({"warning", "not-supported", std::string(type) + "." + key + " is as it was before",
                           std::string(type) + "." + key});
    }
    return out;
}

}  // namespace

WriteApi::Done WriteApi::patched_once(std::string_view type, const ServedResource& now, const PatchContent& patch,
                                      const std::string& peer) {
    auto wanted = now.json;
    if (const auto problem = applied(patch, wanted)) {
        const bool is_none = problem->kind == r4::PatchProblem::Kind::unreadable;
        return {is_none ? unreadable : against_rules, {issue_about(*problem)}, std::nullopt};
    }
    const auto read = r4::read_json(wanted);
    if (!read.ok()) return {against_rules, issues_of(read.issues), std::nullopt};
    if (read.resource->type().name() != type || read.resource->id() != now.id)
        return {against_rules, {{"error", "business-rule", "type and id stay as they are", {}}}, std::nullopt};
    const auto broken = r4::validate(*read.resource);
    if (!r4::acceptable(broken)) return {against_rules, issues_of(broken), std::nullopt};
    WriteRequest request{wanted, Format::json, peer, "patch"};
    auto done = updated(*read.resource, std::move(request), now.id, etag_of(now.version));
    if (!done.resource) return done;
    for (auto& issue : unchanged(type, now.json, wanted, done.resource->json)) done.issues.push_back(std::move(issue));
    return done;
}

WriteApi::Done WriteApi::patched(std::string_view type, std::string_view id, const PatchContent& patch,
                                 const std::string& peer, std::string_view if_match) {
    constexpr int most_attempts = 10;
    const auto failed = [](const Error& error) {
        return Done{info(error.code).http_status, {issue_of(error)}, std::nullopt};
    };
    if (if_match == any_version) if_match = {};
    for (int attempt = 1;; ++attempt) {
        const auto read = served(type, record_id(id).value_or(0));
        if (!read) return failed(read.error());
        const auto& now = *read;
        if (!now || now->id != id)
            return failed({ErrorCode::fhir_not_found, std::string(type) + "/" + std::string(id), {}});
        if (!if_match.empty() && version_of(if_match) != now->version)
            return failed({ErrorCode::fhir_precondition, {}, "If-Match"});
        auto done = patched_once(type, *now, patch, peer);
        if (done.status != other_version || !if_match.empty() || attempt == most_attempts) return done;
    }
}

WriteApi::PatchRead WriteApi::patch_of(const Asked& asked) const {
    PatchRead out;
    if (is_json_patch(header(asked.request, "Content-Type"))) {
        out.patch.emplace(PatchContent{asked.request.body, std::nullopt});
        return out;
    }
    auto content = content_of(asked, "Parameters");
    if (!content.resource)
        out.refusal = std::move(content.refusal);
    else
        out.patch.emplace(PatchContent{{}, std::move(content.resource)});
    return out;
}

// Of an entry of a batch: a Binary with a JSON Patch, or Parameters.
Result<PatchContent> WriteApi::patch_in(r4::Element resource) {
    const auto type = resource.type();
    if (type && type->name() == "Parameters") return PatchContent{{}, r4::Resource::extract(resource)};
    if (type && type->name() == "Binary" && is_json_patch(resource["contentType"].value()))
        if (auto bytes = from_base64(resource["data"].value())) return PatchContent{std::move(*bytes), std::nullopt};
    return Error{ErrorCode::fhir_bad_resource, "a patch is Parameters, or a Binary of application/json-patch+json",
                 resource.path()};
}

net::HttpResponse WriteApi::patch(const Asked& asked) {
    const auto type = capture(asked.request, "type");
    if (const auto error = forbidden(asked.grant, type, Action::update)) return outcome_response(*error, asked.wanted);
    auto read = patch_of(asked);
    if (!read.patch) return std::move(read.refusal);
    return response(asked, patched(type, capture(asked.request, "id"), *read.patch, asked.request.peer.text(),
                                   header(asked.request, "If-Match")));
}

}  // namespace gantry::fhir
