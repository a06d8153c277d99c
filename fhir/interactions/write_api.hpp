// Writing over FHIR: create, update, batch and transaction (http://hl7.org/fhir/R4/http.html). What comes in is
// checked, handed to the channel whose source is `fhir`, and answered after its commit by what that did.
//
//   POST /fhir/Type     create; If-None-Exist: identifier=system|value, one of its own identifiers
//   PUT  /fhir/Type/id  update of a resource that is there; If-Match. /fhir/Type?criteria: of what they find, else
//   create PATCH, likewise     JSON Patch or FHIRPath Patch POST /fhir          Bundle of type batch or transaction
//
//   201, 200  with Location, ETag and Last-Modified: the resource was made; it was known, changed or not
//   400       it cannot be read: every problem as an issue
//   422       it breaks a rule of FHIR, or of the records; 404, 409, 412 as the error catalogue says
//   405       no channel with that source is running
//   503       the database cannot be written, or there is too much to do
// Nothing is written unless the answer is 200 or 201, or an entry of a batch-response says so. What no record holds is
// said: as issues of an OperationOutcome, else in Warning headers. With a context `patient` nothing can be written.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/effects/effects.hpp"
#include "engine/net/http.hpp"
#include "fhir/interactions/exchange.hpp"
#include "fhir/interactions/outcome.hpp"
#include "fhir/interactions/scopes.hpp"
#include "fhir/interactions/shelf.hpp"
#include "fhir/json/resource.hpp"
#include "fhir/search/search_request.hpp"

namespace gantry::fhir {

// What a channel is given.
struct WriteRequest {
    std::string bytes;  // as they came; of an entry of a batch as they were in it
    Format format = Format::json;
    std::string peer, interaction;
    std::int64_t own = 0;
    std::optional<effects::KnownBy> unless_known{};
    std::optional<effects::KnownVersion> only_version{};
};
// A JSON Patch, or the Parameters of a FHIRPath Patch.
struct PatchContent {
    std::string json;
    std::optional<r4::Resource> parameters;
};

// Waits for the commit. Errors: storage_unavailable; http_method_not_allowed: no channel takes resources.
using WriteResource = std::function<Result<effects::UnitOutcome>(WriteRequest)>;

// What of a written type can be asked, as CapabilityStatement.rest.resource.interaction.code names it.
std::span<const std::string_view> written_interactions();

// Any thread. What the parts refer to must outlive it, and it the router.
class WriteApi {
  public:
    struct Parts {
        store::RecordSearch& search;
        const ProjectionContext& projection;
        std::function<Result<Grant>(const net::HttpRequest&)> access;
        std::string base;  // empty: as the request names the server
        WriteResource write;
        const Zone& zone;
        const Clock& clock;
        // What GET answers to this client: of entries of a batch that read.
        std::function<net::HttpResponse(net::HttpRequest)> read{};
    };
    explicit WriteApi(Parts parts) : parts_(std::move(parts)), shelf_(parts_.search, parts_.projection) {}

    void add_to(net::HttpRouter& router);

  private:
    // The answer to one write, before it is a response or an entry of one.
    struct Done {
        int status = 500;
        std::vector<Issue> issues;
        std::optional<ServedResource> resource;
    };
    struct Asked {
        const net::HttpRequest& request;
        Wanted wanted;
        Grant grant;
        std::string base;
    };
    using Handler = net::HttpResponse (WriteApi::*)(const Asked&);
    void add(net::HttpRouter& router, const char* method, const char* pattern, Handler handler);
    net::HttpResponse create(const Asked& asked);
    net::HttpResponse update(const Asked& asked);
    net::HttpResponse bundle(const Asked& asked);
    net::HttpResponse transaction(const Asked& asked, const r4::Resource& bundle, Format format);
    net::HttpResponse batch(const Asked& asked, const r4::Resource& bundle);

    // A resource, or the answer that says why there is none.
    struct Content {
        std::optional<r4::Resource> resource;
        Format format = Format::json;
        net::HttpResponse refusal;
    };
    Content content_of(const Asked& asked, std::string_view type) const;
    std::optional<Error> forbidden(const Grant& grant, std::string_view type, Action action) const;
    Done written(std::string_view type, WriteRequest request);
    // What became of the resource at a place of the submission.
    Done done_of(const effects::UnitOutcome& outcome, std::string_view type, std::string_view place) const;
    Done created(const r4::Resource& resource, WriteRequest request, std::string_view if_none_exist);
    Done updated(const r4::Resource& resource, WriteRequest request, std::string_view id, std::string_view if_match);
    Done entry(const Asked& asked, r4::Element entry);
    std::string read_entry_json(const Asked& asked, r4::Element entry) const;

    // PATCH (patch.cpp).
    struct PatchRead {
        std::optional<PatchContent> patch;
        net::HttpResponse refusal;
    };
    net::HttpResponse patch(const Asked& asked);
    PatchRead patch_of(const Asked& asked) const;
    static Result<PatchContent> patch_in(r4::Element resource);
    Done patched(std::string_view type, std::string_view id, const PatchContent& patch, const std::string& peer,
                 std::string_view if_match);
    Done patched_once(std::string_view type, const ServedResource& now, const PatchContent& patch,
                      const std::string& peer);

    // By criteria (conditional.cpp).
    net::HttpResponse update_by(const Asked& asked);
    net::HttpResponse patch_by(const Asked& asked);
    // At most two. Errors: as of a search.
    Result<std::vector<std::int64_t>> matches(std::string_view type, const QueryParameters& criteria,
                                              const std::string& base) const;
    Done patched_by(std::string_view type, const QueryParameters& criteria, const PatchContent& patch,
                    const std::string& peer, std::string_view if_match, const std::string& base);
    Done updated_by(const r4::Resource& resource, const WriteRequest& request, const QueryParameters& criteria,
                    std::string_view if_match, const std::string& base);
    Done created_unless(const r4::Resource& resource, WriteRequest request, const QueryParameters& criteria);
    // The record with the id, as the request says, while it is of the version.
    Done changed(std::string_view type, WriteRequest request, std::string_view id, std::string_view if_match);
    static Result<effects::KnownBy> condition_of(std::string_view condition, const r4::Resource& resource,
                                                 const IdentifierSystems& systems);
    // If-Match of whoever only wants it to be there (RFC 9110 13.1.1).
    static constexpr std::string_view any_version = "*";
    static std::int64_t version_of(std::string_view if_match);

    Result<std::optional<ServedResource>> served(std::string_view type, std::int64_t id) const;
    net::HttpResponse response(const Asked& asked, const Done& done) const;
    static std::string location(const Asked& asked, const ServedResource& resource);
    static std::string entry_json(const Asked& asked, const Done& done);

    Parts parts_;
    Shelf shelf_;
};

}  // namespace gantry::fhir
