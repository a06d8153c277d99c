#include "fhir/interactions/api.hpp"

#include "fhir/interactions/compartment.hpp"
#include "fhir/interactions/outcome.hpp"
#include "fhir/search/criteria.hpp"

namespace gantry::fhir {
namespace {

// The name by which the client calls this server; only what a host and port are made of.
std::string host_of(const net::HttpRequest& request) {
    const auto* host = request.headers.find("Host");
    if (!host || host->empty()) return "localhost";
    for (const char c : *host) {
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                           std::string_view(".-:[]_").find(c) != std::string_view::npos;
        if (!plain) return "localhost";
    }
    return *host;
}

net::HttpResponse resource_response(const Resource& resource, const Wanted& wanted) {
    return {200,
            {{"Content-Type", json_type},
             {"ETag", etag_of(resource.version)},
             {"Last-Modified", http_date(resource.updated)}},
            laid_out(resource.json, wanted)};
}

std::string capture(const net::HttpRequest& request, std::string_view name) {
    const auto at = request.captures.find(name);
    return at == request.captures.end() ? std::string() : at->second;
}

}  // namespace

void FhirApi::add_to(net::HttpRouter& router) {
    add(router, "GET", "/fhir/{type}", Action::search, &FhirApi::search);
    add(router, "POST", "/fhir/{type}/_search", Action::search, &FhirApi::search_form);
    add(router, "GET", "/fhir/{type}/{id}", Action::read, &FhirApi::read);
    add(router, "GET", "/fhir/{type}/{id}/_history/{version}", Action::read, &FhirApi::read_version);
}

void FhirApi::add(net::HttpRouter& router, const char* method, const char* pattern, Action action, Handler handler) {
    router.add(method, pattern, [this, action, handler](const net::HttpRequest& request) {
        const auto allowed = allow(request, action);
        return allowed ? (this->*handler)(request, *allowed) : outcome_response(allowed.error());
    });
}

// Who may not ask is told nothing else.
Result<FhirApi::Allowed> FhirApi::allow(const net::HttpRequest& request, Action action) const {
    const auto grant = parts_.access(request);
    if (!grant) return grant.error();
    const auto name = capture(request, "type");
    Allowed out;
    out.type = searchable_type(name);
    if (!out.type) return Error{ErrorCode::fhir_unknown_type, name, {}};
    const auto far = reach(*grant, name, action);
    if (far == Reach::nothing) return Error{ErrorCode::access_scope, "it needs " + scope_text(name, action), {}};
    if (far == Reach::patient) out.patient = grant->patient;
    out.grant = *grant;
    auto wanted = wanted_of(request);
    if (!wanted) return wanted.error();
    out.wanted = *wanted;
    out.base = parts_.base.empty() ? "http://" + host_of(request) + "/fhir" : parts_.base;
    return out;
}

SearchContext FhirApi::context(const Allowed& allowed) const {
    return {{parts_.zone, allowed.base, parts_.clock.now()}, parts_.projection};
}

// With the rows that the client may see, so that what it may not is not there.
Result<std::optional<Resource>> FhirApi::find(const Allowed& allowed, const std::string& id) {
    const auto number = record_id(id);
    if (!number) return {std::nullopt};
    if (allowed.patient) {
        const auto mine = in_compartment(*allowed.type, *allowed.patient, context(allowed));
        const auto count = parts_.search.count(
            {allowed.type->table, store::all_of({store::equal("id", std::vector{*number}), mine}), {}});
        if (!count) return count.error();
        if (*count == 0) return {std::nullopt};
    }
    auto found = shelf_.get(allowed.type->name, {&*number, 1});
    if (!found) return found.error();
    if (found->empty()) return {std::nullopt};
    return {std::move(found->front())};
}

net::HttpResponse FhirApi::read(const net::HttpRequest& request, const Allowed& allowed) {
    const auto id = capture(request, "id");
    const auto found = find(allowed, id);
    if (!found) return outcome_response(found.error());
    if (!*found) return outcome_response({ErrorCode::fhir_not_found, std::string(allowed.type->name) + "/" + id, {}});
    const auto& resource = **found;
    if (is_known(request, resource.version, resource.updated))
        return {304, {{"ETag", etag_of(resource.version)}, {"Last-Modified", http_date(resource.updated)}}, {}};
    return resource_response(resource, allowed.wanted);
}

net::HttpResponse FhirApi::read_version(const net::HttpRequest& request, const Allowed& allowed) {
    const auto id = capture(request, "id"), version = capture(request, "version");
    const auto found = find(allowed, id);
    if (!found) return outcome_response(found.error());
    const auto name = std::string(allowed.type->name) + "/" + id + "/_history/" + version;
    if (!*found) return outcome_response({ErrorCode::fhir_not_found, name, {}});
    if (std::to_string((*found)->version) != version) return outcome_response({ErrorCode::fhir_gone, name, {}});
    return resource_response(**found, allowed.wanted);
}

}  // namespace gantry::fhir
