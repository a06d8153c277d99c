// Sends notifications to one subscriber over HTTP: its events as the engine's queue has them, and what is said between
// them. Any 2xx is an acceptance; what else is answered is tried again (runtime/retry_policy.hpp), with the same
// number.
#pragma once
#include <atomic>
#include <string>

#include "engine/net/http_caller.hpp"
#include "engine/runtime/ports.hpp"
#include "fhir/interactions/shelf.hpp"
#include "fhir/subscriptions/notification.hpp"

namespace gantry::fhir {

// What a hook needs beside its terms; must outlive it.
struct HookContext {
    store::RecordSearch& search;
    const ProjectionContext& projection;
    const Clock& clock;
    std::string base;  // of this server
    SubscriptionOptions options;
};

// One thread, but for interrupt() and last_sent().
class RestHook final : public runtime::Destination {
  public:
    RestHook(std::int64_t subscription, SubscriptionTerms terms, const HookContext& context);

    Answer deliver(const store::DeliveryWork& work) override;
    void interrupt() override { caller_.interrupt(); }

    // Sends what is no event. Empty: it was accepted; else why not, for people.
    std::string tell(NotificationType type, std::string_view status, std::int64_t events);
    Instant last_sent() const { return {last_sent_.load()}; }  // 0: nothing yet

  private:
    Notification notification(NotificationType type, std::string_view status, std::int64_t events) const;
    net::HttpCall send(const Notification& notification);

    const std::int64_t subscription_;
    const SubscriptionTerms terms_;
    const HookContext& context_;
    const net::HttpUrl url_;
    net::HttpCaller caller_;
    std::atomic<std::int64_t> last_sent_{0};
};

// Of full-resource: the focus as it is now; empty: it is not there. Errors: storage_unavailable.
Result<std::string> focus_of(const Event& event, const HookContext& context);

}  // namespace gantry::fhir
