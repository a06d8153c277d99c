// The search interaction: one page of matches with what they include.
#include "engine/net/http_form.hpp"
#include "fhir/interactions/api.hpp"
#include "fhir/interactions/bundle.hpp"
#include "fhir/interactions/compartment.hpp"
#include "fhir/interactions/include.hpp"
#include "fhir/search/cursor.hpp"

namespace gantry::fhir {
namespace {

std::string address(const std::string& base, const SearchRequest& request, std::string_view cursor) {
    return fhir::address(base + "/" + std::string(request.type->name), request.self, cursor);
}

std::vector<Issue> issues_of(const std::vector<SearchProblem>& problems, std::string_view severity) {
    std::vector<Issue> out;
    for (const auto& problem : problems) {
        const auto& row = info(problem.code);
        auto text = std::string(row.sentence) + ": " + problem.text;
        if (severity == "error") text += "; " + std::string(row.hint);
        out.push_back({severity, row.fhir_issue, std::move(text), "http." + problem.parameter});
    }
    return out;
}

// What a person may leave out; a page of another search is none of it.
bool may_be_left_out(const std::vector<SearchProblem>& problems) {
    for (const auto& problem : problems)
        if (problem.code == ErrorCode::fhir_bad_cursor) return false;
    return true;
}

bool is_form(const net::HttpRequest& request) {
    constexpr std::string_view form = "application/x-www-form-urlencoded";
    const auto* type = request.headers.find("Content-Type");
    return type && std::string_view(*type).substr(0, form.size()) == form;
}

}  // namespace

net::HttpResponse FhirApi::search(const net::HttpRequest& request, const Allowed& allowed) {
    return searched(request.query, allowed);
}

net::HttpResponse FhirApi::search_form(const net::HttpRequest& request, const Allowed& allowed) {
    auto parameters = request.query;
    if (!request.body.empty()) {
        if (!is_form(request))
            return outcome_response(
                {ErrorCode::fhir_bad_media_type, "a search is application/x-www-form-urlencoded", {}}, allowed.wanted);
        auto form = net::read_form(request.body);
        if (!form) return outcome_response({ErrorCode::fhir_bad_parameter, form.error().detail, {}}, allowed.wanted);
        parameters.insert(parameters.end(), form->begin(), form->end());
    }
    return searched(parameters, allowed);
}

net::HttpResponse FhirApi::searched(const QueryParameters& parameters, const Allowed& allowed) {
    if (!allowed.searchable)
        return outcome_response({ErrorCode::fhir_unknown_type, allowed.type + " is read, and not searched", {}},
                                allowed.wanted);
    const auto asked = context(allowed);
    auto reading = read_search(*allowed.searchable, parameters, asked);
    const bool go_on = reading.problems.empty() || (allowed.wanted.lenient && may_be_left_out(reading.problems));
    if (!go_on)
        return outcome_response(info(reading.problems.front().code).http_status, issues_of(reading.problems, "error"),
                                allowed.wanted);
    if (allowed.patient) {
        auto& where = reading.request.query.where;
        where = store::all_of({std::move(where), in_compartment(*allowed.searchable, *allowed.patient, asked)});
    }
    return page(std::move(reading), allowed, asked);
}

// Known without counting where the first page is the whole answer.
Result<std::optional<std::int64_t>> FhirApi::total(const SearchRequest& request, std::size_t found, bool more) {
    if (!more && !request.after && request.summary != Summary::count)
        return {std::optional(static_cast<std::int64_t>(found))};
    if (request.total == Total::none && request.summary != Summary::count) return {std::nullopt};
    auto counted = parts_.search.count(request.query);
    if (!counted) return counted.error();
    return {std::optional(*counted)};
}

net::HttpResponse FhirApi::page(SearchReading reading, const Allowed& allowed, const SearchContext& asked) {
    const auto& request = reading.request;
    const bool only_count = request.summary == Summary::count;
    std::vector<store::FoundRecord> rows;
    if (!only_count) {
        auto found = parts_.search.find(request.query, request.after, request.count + 1);
        if (!found) return outcome_response(found.error(), allowed.wanted);
        rows = std::move(*found);
    }
    const bool more = rows.size() > request.count;
    if (more) rows.resize(request.count);
    SearchPage out;
    const auto known = total(request, rows.size(), more);
    if (!known) return outcome_response(known.error(), allowed.wanted);
    out.total = *known;
    out.self = address(allowed.base, request, request.after ? cursor_text(*request.after, request.digest) : "");
    if (request.after) out.first = address(allowed.base, request, {});
    if (more) out.next = address(allowed.base, request, cursor_text(rows.back(), request.digest));
    std::vector<std::int64_t> ids;
    for (const auto& row : rows) ids.push_back(row.id);
    auto matches = shelf_.get(request.type->name, ids);
    if (!matches) return outcome_response(matches.error(), allowed.wanted);
    out.matches = std::move(*matches);
    const IncludeRules rules{allowed.patient, [&](std::string_view type) {
                                 return reach(allowed.grant, type, Action::read) != Reach::nothing;
                             }};
    for (auto& match : out.matches) match.json = subset(std::move(match.json), allowed.wanted);
    auto brought = included(request.includes, out.matches, parts_.search, shelf_, asked, rules);
    if (!brought) return outcome_response(brought.error(), allowed.wanted);
    out.includes = std::move(*brought);
    out.issues = issues_of(reading.problems, "warning");
    return {200,
            {{"Content-Type", std::string(content_type(allowed.wanted))}},
            laid_out(searchset_json(out, allowed.base), allowed.wanted)};
}

}  // namespace gantry::fhir
