// A Subscription as R4 and the Subscriptions R4 Backport 1.1 write it, read into what this engine does for it
// (http://hl7.org/fhir/uv/subscriptions-backport/STU1.1). Pure. docs/specs/fhir-subscriptions.md.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/store/subscriptions.hpp"
#include "fhir/interactions/exchange.hpp"
#include "fhir/interactions/outcome.hpp"
#include "fhir/json/resource.hpp"
#include "fhir/subscriptions/subscription_options.hpp"
#include "fhir/subscriptions/topics.hpp"

namespace gantry::fhir {

enum class PayloadContent : std::uint8_t { empty, id_only, full_resource };
std::optional<PayloadContent> payload_content(std::string_view code);

struct SubscriptionTerms {
    struct Condition {
        Filter filter = Filter::patient;
        std::vector<std::string> values;  // any of them
    };
    const Topic* topic = nullptr;
    std::vector<Condition> conditions;  // all of them
    std::string endpoint;
    std::vector<std::pair<std::string, std::string>> headers;
    PayloadContent content = PayloadContent::empty;
    Format format = Format::json;
    std::chrono::seconds heartbeat{0};  // 0: none
    std::chrono::seconds timeout{30};
    std::optional<Instant> end;
};

struct SubscriptionReading {
    SubscriptionTerms terms;
    bool off = false;  // its status asks for no notifications
    std::vector<Issue> problems;
};
SubscriptionReading read_subscription(const r4::Resource& resource, const Zone& zone,
                                      const SubscriptionOptions& options);

// What is stored: without id, version and status, which the store has.
std::string stored_document(const r4::Resource& resource);
// What is answered. The values of channel.header are secrets, and are not.
std::string subscription_json(const store::Subscription& row);

// Whether an event is one that the subscriber asked for.
bool is_wanted(const SubscriptionTerms& terms, const EventFacts& facts);

}  // namespace gantry::fhir
