// Histories and versions (http://hl7.org/fhir/R4/http.html#history, #vread).
//
//   GET  /fhir/Type/id/_history           the versions of a resource
//   GET  /fhir/Type/_history              of all resources of a type
//   GET  /fhir/_history                   of all resources
//   GET  /fhir/Type/id/_history/version   one of them; 410: it is deleted in it, or retention has removed the version
//
// Parameters: _count, _since, _at, _sort=_lastUpdated or -_lastUpdated (newest first, as without it). A version is
// shown to who sees one patient only if it was about this patient, and is still. Scopes: r for one resource, s for
// types.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "engine/net/http.hpp"
#include "engine/store/changes.hpp"
#include "fhir/interactions/changed_resources.hpp"
#include "fhir/interactions/exchange.hpp"
#include "fhir/interactions/history_bundle.hpp"
#include "fhir/interactions/scopes.hpp"

namespace gantry::fhir {

// What a type has of these, as CapabilityStatement.rest.resource.interaction.code names it.
std::span<const std::string_view> history_interactions(std::string_view type);

// Any thread. What the parts refer to must outlive it, and it the router.
class HistoryApi {
  public:
    struct Parts {
        store::RecordSearch& search;
        store::ChangeReader& changes;
        const ProjectionContext& projection;
        const Zone& zone;
        std::function<Result<Grant>(const net::HttpRequest&)> access;
        std::string base;  // empty: as the request names the server
    };
    explicit HistoryApi(Parts parts) : parts_(std::move(parts)) {}

    void add_to(net::HttpRouter& router);

  private:
    struct Asked {
        const net::HttpRequest& request;
        Wanted wanted;
        Grant grant;
        std::string type, id;                 // empty: of all
        std::optional<std::int64_t> patient;  // of a type: only what is about this patient
    };
    using Handler = net::HttpResponse (HistoryApi::*)(const Asked&);
    void add(net::HttpRouter& router, const char* pattern, std::string_view interaction, Handler handler);
    Result<Asked> allowed(const net::HttpRequest& request, const Wanted& wanted, std::string_view interaction) const;
    ResourceHistory::Records records() const { return {parts_.search, parts_.changes, parts_.projection}; }

    net::HttpResponse version(const Asked& asked);
    net::HttpResponse of_instance(const Asked& asked);
    net::HttpResponse of_types(const Asked& asked);
    net::HttpResponse response(const Asked& asked, const HistoryRequest& request, HistoryPage page,
                               const std::optional<store::FoundRecord>& last) const;

    Parts parts_;
};

}  // namespace gantry::fhir
