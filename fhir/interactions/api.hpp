// FHIR R4 over HTTP, under /fhir: reading and searching what the records say. Every request but those of /fhir/metadata
// and /.well-known needs a token whose scopes allow it; with the context `patient` it sees the compartment of one
// patient. Every answer that is no resource is an OperationOutcome.
//
//   GET  /fhir/Type/id                   one resource; If-None-Match and If-Modified-Since give 304
//   GET  /fhir/Type?…                    search
//   POST /fhir/Type/_search              search; parameters in the address, in the form, or in both
//   GET  /fhir/Binary/digest             an enclosed document: its bytes, or a resource to whoever asks for FHIR
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "engine/net/http.hpp"
#include "engine/store/store.hpp"
#include "fhir/interactions/exchange.hpp"
#include "fhir/interactions/scopes.hpp"
#include "fhir/interactions/shelf.hpp"
#include "fhir/search/search_request.hpp"

namespace gantry::fhir {

// What a type can be asked, as CapabilityStatement.rest.resource.interaction.code names it.
std::span<const std::string_view> type_interactions();
// Types that are read by id and not searched, beside searchable_types().
std::span<const std::string_view> read_only_types();

// Any thread. What the parts refer to must outlive it, and it the router.
class FhirApi {
  public:
    struct Parts {
        store::RecordSearch& search;
        store::RecordsReader& records;
        const ProjectionContext& projection;
        const Zone& zone;
        const Clock& clock;
        // What the bearer of a token may do. Errors: access_no_token, storage_unavailable.
        std::function<Result<Grant>(const net::HttpRequest&)> access;
        std::string base;  // "https://host/fhir"; empty: as the request names the server
        // The CapabilityStatement as JSON, for the address of this server.
        std::function<std::string(const std::string& base)> capability;
    };
    explicit FhirApi(Parts parts) : parts_(std::move(parts)), shelf_(parts_.search, parts_.projection) {}

    void add_to(net::HttpRouter& router);

  private:
    // A request that may be answered.
    struct Allowed {
        std::string type;
        const SearchableType* searchable = nullptr;  // none: of a type that is only read
        Wanted wanted;
        Grant grant;
        std::optional<std::int64_t> patient;  // only what belongs to this patient
        std::string base;
    };
    using Handler = net::HttpResponse (FhirApi::*)(const net::HttpRequest&, const Allowed&);
    void add(net::HttpRouter& router, const char* method, const char* pattern, Action action, Handler handler);
    net::HttpResponse answer(const net::HttpRequest& request, const Wanted& wanted, Action action, Handler handler);
    Result<Allowed> allow(const net::HttpRequest& request, const Wanted& wanted, Action action) const;
    std::string base_of(const net::HttpRequest& request) const;

    net::HttpResponse metadata(const net::HttpRequest& request);
    net::HttpResponse read(const net::HttpRequest& request, const Allowed& allowed);
    net::HttpResponse read_binary(const net::HttpRequest& request, const Allowed& allowed);
    net::HttpResponse search(const net::HttpRequest& request, const Allowed& allowed);
    net::HttpResponse search_form(const net::HttpRequest& request, const Allowed& allowed);
    net::HttpResponse searched(const QueryParameters& parameters, const Allowed& allowed);
    net::HttpResponse page(SearchReading reading, const Allowed& allowed, const SearchContext& asked);
    Result<std::optional<std::int64_t>> total(const SearchRequest& request, std::size_t found, bool more);

    using Found = Result<std::optional<ServedResource>>;
    Found find(const Allowed& allowed, const std::string& id);
    Found find_observation(const Allowed& allowed, const std::string& id);
    Result<bool> may_see(const Allowed& allowed, const SearchableType& type, std::int64_t id);
    SearchContext context(const Allowed& allowed) const;

    Parts parts_;
    Shelf shelf_;
};

}  // namespace gantry::fhir
