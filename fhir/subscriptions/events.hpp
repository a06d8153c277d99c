// The events of a unit for those who subscribed, decided in the transaction that writes it. Pure.
#pragma once
#include <memory>
#include <vector>

#include "engine/store/store.hpp"
#include "fhir/subscriptions/subscription.hpp"

namespace gantry::fhir {

// What has happened to one resource, as it is kept with the delivery.
struct Event {
    std::string type, id;  // of the focus
    bool created = false;
    Instant at;
};
std::string event_text(const Event& event);
std::optional<Event> read_event(std::string_view text);  // nothing: it is none

// Somebody who is told.
struct Subscriber {
    std::int64_t id = 0;
    SubscriptionTerms terms;
};
using Subscribers = std::vector<Subscriber>;

// One notice for each subscriber and resource. records: as they were before the plan.
std::vector<store::Notice> notices_of(const Subscribers& subscribers, const effects::Plan& plan,
                                      effects::RecordReader& records, Instant at);

}  // namespace gantry::fhir
