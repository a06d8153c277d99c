#include "fhir/interactions/api.hpp"

#include <algorithm>

#include "engine/net/http_date.hpp"
#include "fhir/interactions/compartment.hpp"
#include "fhir/interactions/outcome.hpp"
#include "fhir/resources/binary.hpp"
#include "fhir/search/criteria.hpp"

namespace gantry::fhir {
namespace {

net::HttpResponse resource_response(const ServedResource& resource, const Wanted& wanted) {
    return {200,
            {{"Content-Type", std::string(content_type(wanted))},
             {"ETag", etag_of(resource.version)},
             {"Last-Modified", net::http_date(resource.updated)}},
            laid_out(subset(resource.json, wanted), wanted)};
}

// Whether a document is wanted as a resource; otherwise its bytes are meant (binary.html 2.41.2).
bool asks_for_fhir(const net::HttpRequest& request) {
    const auto* format = request.query_value("_format");
    const auto* accept = request.headers.find("Accept");
    return format || (accept && accept->find("fhir") != std::string::npos);
}

bool is_read_only(std::string_view type) {
    const auto all = read_only_types();
    return std::find(all.begin(), all.end(), type) != all.end();
}

}  // namespace

std::span<const std::string_view> type_interactions() {
    static constexpr std::string_view all[] = {"read", "search-type"};
    return all;
}

std::span<const std::string_view> read_only_types() {
    static constexpr std::string_view all[] = {"Observation", "Binary"};
    return all;
}

void FhirApi::add_to(net::HttpRouter& router) {
    router.add("GET", "/fhir/metadata", [this](const net::HttpRequest& request) { return metadata(request); });
    add(router, "GET", "/fhir/{type}", Action::search, &FhirApi::search);
    add(router, "POST", "/fhir/{type}/_search", Action::search, &FhirApi::search_form);
    add(router, "GET", "/fhir/{type}/{id}", Action::read, &FhirApi::read);
}

void FhirApi::add(net::HttpRouter& router, const char* method, const char* pattern, Action action, Handler handler) {
    router.add(method, pattern, [this, action, handler](const net::HttpRequest& request) {
        // A document has a form of its own.
        const bool bytes = capture(request, "type") == "Binary" && !asks_for_fhir(request);
        const auto wanted = bytes ? Wanted() : wanted_of(request);
        return wanted ? answer(request, *wanted, action, handler) : outcome_response(wanted.error());
    });
}

net::HttpResponse FhirApi::answer(const net::HttpRequest& request, const Wanted& wanted, Action action,
                                  Handler handler) {
    const auto allowed = allow(request, wanted, action);
    return allowed ? (this->*handler)(request, *allowed) : outcome_response(allowed.error(), wanted);
}

std::string FhirApi::base_of(const net::HttpRequest& request) const {
    return fhir::base_of(request, parts_.base);
}

// Who may not ask is told nothing else.
Result<FhirApi::Allowed> FhirApi::allow(const net::HttpRequest& request, const Wanted& wanted, Action action) const {
    auto grant = parts_.access(request);
    if (!grant) return grant.error();
    Allowed out;
    out.type = capture(request, "type");
    out.searchable = searchable_type(out.type);
    if (!out.searchable && !is_read_only(out.type)) return Error{ErrorCode::fhir_unknown_type, out.type, {}};
    const auto far = reach(*grant, out.type, action);
    if (far == Reach::nothing) return Error{ErrorCode::access_scope, "it needs " + scope_text(out.type, action), {}};
    if (far == Reach::patient) out.patient = grant->patient;
    out.grant = std::move(*grant);
    out.wanted = wanted;
    out.base = base_of(request);
    return out;
}

SearchContext FhirApi::context(const Allowed& allowed) const {
    return {{parts_.zone, allowed.base, parts_.clock.now()}, parts_.projection};
}

net::HttpResponse FhirApi::metadata(const net::HttpRequest& request) {
    const auto wanted = wanted_of(request);
    if (!wanted) return outcome_response(wanted.error());
    return {200,
            {{"Content-Type", std::string(content_type(*wanted))}},
            laid_out(subset(parts_.capability(base_of(request)), *wanted), *wanted)};
}

// What the client may not see is not there.
Result<bool> FhirApi::may_see(const Allowed& allowed, const SearchableType& type, std::int64_t id) {
    if (!allowed.patient) return true;
    const auto mine = in_compartment(type, *allowed.patient, context(allowed));
    const auto count =
        parts_.search.count({type.table, store::all_of({store::equal("id", std::vector{id}), mine}), {}});
    if (!count) return count.error();
    return *count != 0;
}

FhirApi::Found FhirApi::find(const Allowed& allowed, const std::string& id) {
    if (allowed.type == "Observation") return find_observation(allowed, id);
    const auto number = record_id(id);
    if (!number) return {std::nullopt};
    const auto visible = may_see(allowed, *allowed.searchable, *number);
    if (!visible) return visible.error();
    if (!*visible) return {std::nullopt};
    auto found = shelf_.get(allowed.type, {&*number, 1});
    if (!found) return found.error();
    if (found->empty()) return {std::nullopt};
    return {std::move(found->front())};
}

// "{report}-{section}"
FhirApi::Found FhirApi::find_observation(const Allowed& allowed, const std::string& id) {
    const auto dash = id.find('-');
    if (dash == std::string::npos) return {std::nullopt};
    const auto report = record_id(std::string_view(id).substr(0, dash));
    const auto section = record_id(std::string_view(id).substr(dash + 1));
    if (!report || !section) return {std::nullopt};
    const auto visible = may_see(allowed, *searchable_type("DiagnosticReport"), *report);
    if (!visible) return visible.error();
    if (!*visible) return {std::nullopt};
    return shelf_.observation(*report, static_cast<std::size_t>(*section));
}

net::HttpResponse FhirApi::read(const net::HttpRequest& request, const Allowed& allowed) {
    if (allowed.type == "Binary") return read_binary(request, allowed);
    const auto id = capture(request, "id");
    const auto found = find(allowed, id);
    if (!found) return outcome_response(found.error(), allowed.wanted);
    if (!*found) return outcome_response({ErrorCode::fhir_not_found, allowed.type + "/" + id, {}}, allowed.wanted);
    const auto& resource = **found;
    if (is_known(request, resource.version, resource.updated))
        return {304, {{"ETag", etag_of(resource.version)}, {"Last-Modified", net::http_date(resource.updated)}}, {}};
    return resource_response(resource, allowed.wanted);
}

// A document belongs to no patient by itself, so a client that sees one patient only does not see it.
net::HttpResponse FhirApi::read_binary(const net::HttpRequest& request, const Allowed& allowed) {
    const auto digest = capture(request, "id");
    const Error none{ErrorCode::fhir_not_found, "Binary/" + digest, {}};
    if (allowed.patient) return outcome_response(none, allowed.wanted);
    const auto found = parts_.records.document(digest);
    if (!found) return outcome_response(found.error(), allowed.wanted);
    if (!*found) return outcome_response(none, allowed.wanted);
    const auto& document = **found;
    constexpr std::int64_t only = 1;
    if (is_known(request, only, {INT64_MAX})) return {304, {{"ETag", etag_of(only)}}, {}};
    if (!asks_for_fhir(request)) {
        // Never shown by a browser as a page of ours.
        const auto& type = document.about.media_type;
        return {200,
                {{"Content-Type", type.empty() ? "application/octet-stream" : type},
                 {"Content-Disposition", "attachment"},
                 {"ETag", etag_of(only)}},
                document.bytes};
    }
    return {200,
            {{"Content-Type", std::string(content_type(allowed.wanted))}, {"ETag", etag_of(only)}},
            laid_out(binary_json(digest, document.about.media_type, document.bytes), allowed.wanted)};
}

}  // namespace gantry::fhir
