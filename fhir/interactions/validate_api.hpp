// $validate (http://hl7.org/fhir/R4/resource-operation-validate.html): what would be said of a resource, without
// writing it.
//
//   POST       /fhir/Type/$validate      the resource itself, or Parameters with resource, mode and profile
//   POST, GET  /fhir/Type/id/$validate   the same for this instance; without a resource the one that is there
//
// 200 with an OperationOutcome of every issue; 400: there is nothing that could be checked. Of any type of R4. The
// token needs some scope of the type, for an instance the one to read it.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/net/http.hpp"
#include "fhir/interactions/exchange.hpp"
#include "fhir/interactions/outcome.hpp"
#include "fhir/interactions/scopes.hpp"
#include "fhir/interactions/shelf.hpp"
#include "fhir/json/issue.hpp"
#include "fhir/json/resource.hpp"

namespace gantry::fhir {

// As CapabilityStatement names it, of every type.
struct ValidateOperation {
    static constexpr std::string_view name = "validate";
    static constexpr std::string_view definition = "http://hl7.org/fhir/OperationDefinition/Resource-validate";
};

// What the resource is meant for; profile: nothing but what it is.
enum class ValidateMode : std::uint8_t { profile, create, update, remove };

// What is said of a resource beside its own rules. Pure.
struct ValidateQuestion {
    std::string type, id;  // of the address; no id: of the type
    ValidateMode mode = ValidateMode::profile;
    std::vector<std::string> profiles;
    bool there = false;  // whether the record of the update or deletion is known
};
std::vector<r4::Issue> issues_of(const r4::Resource* resource, const ValidateQuestion& question);

// Any thread. What the parts refer to must outlive it, and it the router.
class ValidateApi {
  public:
    struct Parts {
        store::RecordSearch& search;
        const ProjectionContext& projection;
        const Zone& zone;
        const Clock& clock;
        std::function<Result<Grant>(const net::HttpRequest&)> access;
        std::string base;  // empty: as the request names the server
    };
    explicit ValidateApi(Parts parts) : parts_(std::move(parts)), shelf_(parts_.search, parts_.projection) {}

    void add_to(net::HttpRouter& router);

  private:
    struct Asked {
        const net::HttpRequest& request;
        Wanted wanted;
        ValidateQuestion question;
        std::optional<std::int64_t> patient;
    };
    // What the request brings; resource: none, it brings nothing.
    struct Brought {
        std::optional<r4::Resource> resource;
        std::vector<r4::Issue> issues;
        std::optional<net::HttpResponse> refusal;
    };
    net::HttpResponse answer(const net::HttpRequest& request);
    Result<Asked> allowed(const net::HttpRequest& request, const Wanted& wanted) const;
    static Brought brought(const Asked& asked, ValidateQuestion& question);
    static std::optional<Error> take(ValidateQuestion& question, std::string_view name, std::string_view value);
    // As it is; nothing: there is none that the client may see.
    Result<std::optional<r4::Resource>> stored(const Asked& asked, std::string_view id) const;

    Parts parts_;
    Shelf shelf_;
};

}  // namespace gantry::fhir
