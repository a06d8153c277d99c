// Notifications as bundles (Subscriptions R4 Backport 1.1, "R4/B Topic-Based Subscription Notification"). Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/subscriptions/events.hpp"

namespace gantry::fhir {

enum class NotificationType : std::uint8_t { handshake, heartbeat, event_notification, query_status, query_event };

struct NumberedEvent {
    std::int64_t number = 0;
    Event event;
    std::string resource;  // full-resource: as it is now; empty: it is not there
};

struct Notification {
    NotificationType type = NotificationType::event_notification;
    std::int64_t subscription = 0;
    std::string_view topic, status;
    PayloadContent content = PayloadContent::empty;
    std::int64_t events = 0;  // since the subscription began
    Instant at;
    std::vector<NumberedEvent> told;
};

// The SubscriptionStatus as a Parameters resource. base: of this server.
std::string status_parameters(const Notification& notification, std::string_view base);
// A Bundle of type history: the status, then what the events are about, as far as the content wants it.
std::string notification_bundle(const Notification& notification, std::string_view base);

}  // namespace gantry::fhir
