// Subscriptions over HTTP (FHIR R4 subscription.html; Subscriptions R4 Backport 1.1).
//
//   POST   /fhir/Subscription               GET, PUT, DELETE  /fhir/Subscription/ID
//   GET    /fhir/Subscription?…             POST  /fhir/Subscription/_search
//   GET, POST  /fhir/Subscription/$status   GET, POST  /fhir/Subscription/ID/$status
//   GET, POST  /fhir/Subscription/ID/$events
//
// Who writes one needs Subscription.c or .u, and must be allowed to read everything of the type that its topic is
// about: what is notified leaves without a token. No scope of a patient does.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "engine/net/http.hpp"
#include "fhir/interactions/scopes.hpp"
#include "fhir/search/search_request.hpp"
#include "fhir/subscriptions/subscription_desk.hpp"

namespace gantry::fhir {

// What Subscription can be asked, as CapabilityStatement names it.
std::span<const std::string_view> subscription_interactions();
struct SubscriptionSearchParameter {
    std::string_view name, type, meaning;
};
std::span<const SubscriptionSearchParameter> subscription_parameters();
struct SubscriptionOperation {
    std::string_view name, definition;
};
std::span<const SubscriptionOperation> subscription_operations();

// Any thread. What the parts refer to must outlive it, and it the router.
class SubscriptionApi {
  public:
    struct Parts {
        SubscriptionDesk& desk;
        std::function<Result<Grant>(const net::HttpRequest&)> access;
        std::string base;  // empty: as the request names the server
    };
    explicit SubscriptionApi(Parts parts) : parts_(std::move(parts)) {}

    void add_to(net::HttpRouter& router);

  private:
    struct Asked {
        const net::HttpRequest& request;
        Wanted wanted;
        Grant grant;
        std::string base;
    };
    using Handler = net::HttpResponse (SubscriptionApi::*)(const Asked&);
    void add(net::HttpRouter& router, const char* method, const char* pattern, Action action, Handler handler);
    net::HttpResponse create(const Asked& asked);
    net::HttpResponse read(const Asked& asked);
    net::HttpResponse update(const Asked& asked);
    net::HttpResponse remove(const Asked& asked);
    net::HttpResponse search(const Asked& asked);
    net::HttpResponse status(const Asked& asked);
    net::HttpResponse events(const Asked& asked);

    // A Subscription that can be served, or the answer that says why not.
    struct Content {
        std::string document;
        SubscriptionReading reading;
        std::optional<net::HttpResponse> refusal;
    };
    Content content_of(const Asked& asked, const std::string& id) const;
    Result<store::Subscription> one(const Asked& asked) const;
    Result<std::string> status_of(const store::Subscription& row, const Asked& asked) const;
    net::HttpResponse searchset(const std::vector<store::Subscription>& rows, std::vector<Issue> issues,
                                const QueryParameters& self, const Asked& asked) const;

    Parts parts_;
};

}  // namespace gantry::fhir
