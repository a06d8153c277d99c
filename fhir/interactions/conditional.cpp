// Updates and patches of what criteria find (http://hl7.org/fhir/R4/http.html#cond-update, #patch).
//
// Which resource it is, is looked up; that it still is as it was seen is decided in the transaction that writes. A
// create in between by somebody else is noticed where the criteria are one of the resource's own identifiers.
#include "engine/net/http_form.hpp"
#include "fhir/interactions/write_api.hpp"
#include "fhir/search/search_request.hpp"

namespace gantry::fhir {
namespace {

constexpr int known = 200, other_version = 412;
constexpr int most_attempts = 10;

bool is_about_the_answer(std::string_view name) {
    return name == "_format" || name == "_pretty" || name == "_elements" || name == "_summary";
}

}  // namespace

Result<std::vector<std::int64_t>> WriteApi::matches(std::string_view type, const QueryParameters& criteria,
                                                    const std::string& base) const {
    const auto* searched = searchable_type(type);
    if (!searched) return Error{ErrorCode::fhir_unknown_type, std::string(type), {}};
    std::vector<store::Criterion> all;
    if (searched->rows) all.push_back(searched->rows());
    const SearchContext context{{parts_.zone, base, parts_.clock.now()}, parts_.projection};
    bool any = false;
    for (const auto& [name, value] : criteria) {
        if (is_about_the_answer(name)) continue;
        auto rows = criterion_of(*searched, name, value, context);
        if (!rows) return rows.error();
        all.push_back(std::move(*rows));
        any = true;
    }
    if (!any) return Error{ErrorCode::fhir_bad_parameter, "the address names an id, or criteria", {}};
    const auto found = parts_.search.find({searched->table, store::all_of(std::move(all)), {}}, {}, 2);
    if (!found) return found.error();
    std::vector<std::int64_t> out;
    for (const auto& row : *found) out.push_back(row.id);
    return out;
}

WriteApi::Done WriteApi::updated_by(const r4::Resource& resource, const WriteRequest& request,
                                    const QueryParameters& criteria, std::string_view if_match,
                                    const std::string& base) {
    const auto failed = [](const Error& error) {
        return Done{info(error.code).http_status, {issue_of(error)}, std::nullopt};
    };
    const auto type = resource.type().name();
    for (int attempt = 1;; ++attempt) {
        const auto found = matches(type, criteria, base);
        if (!found) return failed(found.error());
        if (found->size() > 1) return failed({ErrorCode::fhir_multiple_matches, {}, {}});
        if (found->empty()) {
            if (!if_match.empty()) return failed({ErrorCode::fhir_precondition, "there is none of it", "If-Match"});
            // Ids are given here and not by clients.
            if (!resource.id().empty())
                return failed({ErrorCode::fhir_bad_resource, "there is none with this id", "id"});
            auto done = created_unless(resource, request, criteria);
            if (done.status != known || attempt == most_attempts) return done;
            continue;  // somebody else has made it in the meantime
        }
        const auto read = served(type, found->front());
        if (!read) return failed(read.error());
        const auto& now = *read;
        if (!now && attempt == most_attempts) return failed({ErrorCode::storage_unavailable, {}, {}});
        if (!now) continue;
        if (!resource.id().empty() && resource.id() != now->id)
            return failed({ErrorCode::fhir_bad_resource, "the id is not that of the resource found", "id"});
        auto done = changed(type, request, now->id, if_match.empty() ? etag_of(now->version) : std::string(if_match));
        if (done.status != other_version || !if_match.empty() || attempt == most_attempts) return done;
    }
}

// Where the criteria are one identifier, and one of its own, no second one is made.
WriteApi::Done WriteApi::created_unless(const r4::Resource& resource, WriteRequest request,
                                        const QueryParameters& criteria) {
    QueryParameters meant;
    for (const auto& one : criteria)
        if (!is_about_the_answer(one.first)) meant.push_back(one);
    if (meant.size() == 1 && meant.front().first == "identifier") {
        auto condition = condition_of("identifier=" + net::percent_encoded(meant.front().second), resource,
                                      parts_.projection.systems);
        if (condition) request.unless_known = std::move(*condition);
    }
    request.interaction = "create";
    return written(resource.type().name(), std::move(request));
}

WriteApi::Done WriteApi::patched_by(std::string_view type, const QueryParameters& criteria, const PatchContent& patch,
                                    const std::string& peer, std::string_view if_match, const std::string& base) {
    const auto failed = [](const Error& error) {
        return Done{info(error.code).http_status, {issue_of(error)}, std::nullopt};
    };
    const auto found = matches(type, criteria, base);
    if (!found) return failed(found.error());
    if (found->size() > 1) return failed({ErrorCode::fhir_multiple_matches, {}, {}});
    if (found->empty())
        return failed({ErrorCode::fhir_not_found, std::string(type) + ": nothing fits the criteria", {}});
    return patched(type, std::to_string(found->front()), patch, peer, if_match);
}

net::HttpResponse WriteApi::update_by(const Asked& asked) {
    const auto type = capture(asked.request, "type");
    for (const auto action : {Action::update, Action::create, Action::search})
        if (const auto error = forbidden(asked.grant, type, action)) return outcome_response(*error, asked.wanted);
    auto content = content_of(asked, type);
    if (!content.resource) return std::move(content.refusal);
    const WriteRequest request{asked.request.body, content.format, asked.request.peer.text(), {}};
    return response(asked, updated_by(*content.resource, request, asked.request.query,
                                      header(asked.request, "If-Match"), asked.base));
}

net::HttpResponse WriteApi::patch_by(const Asked& asked) {
    const auto type = capture(asked.request, "type");
    for (const auto action : {Action::update, Action::search})
        if (const auto error = forbidden(asked.grant, type, action)) return outcome_response(*error, asked.wanted);
    auto read = patch_of(asked);
    if (!read.patch) return std::move(read.refusal);
    return response(asked, patched_by(type, asked.request.query, *read.patch, asked.request.peer.text(),
                                      header(asked.request, "If-Match"), asked.base));
}

}  // namespace gantry::fhir
