// Subscriptions, and the events that are numbered for each. An event is a delivery of the destination named after the
// subscription, written in the transaction that made it happen; it gets its number when its first attempt begins, in
// the order in which it came, and keeps it. Numbers begin at 1 and have no gaps.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/effects/effects.hpp"

namespace gantry::store {

struct Subscription {
    std::int64_t id = 0, version = 0;  // version: from 1
    Instant updated;
    std::string status, error;  // error: why the status is `error`; no patient data
    std::string document;       // the resource as it was written, as JSON
};

// Something that a subscriber is told.
struct SubscriptionEvent {
    std::int64_t number = 0;
    Instant at;
    effects::Outcome state = effects::Outcome::pending;  // of its delivery
    std::string payload;                                 // empty: it is not kept any more
};

// "$subscriptions/7": no channel has such a name.
inline constexpr const char* subscriptions_channel = "$subscriptions";
std::string subscription_destination(std::int64_t id);

// Any thread. What is answered is on disk. Errors: storage_unavailable.
class Subscriptions {
  public:
    virtual ~Subscriptions() = default;
    virtual Result<Subscription> create(const std::string& status, const std::string& document, Instant at) = 0;
    virtual Result<std::optional<Subscription>> find(std::int64_t id) = 0;
    virtual Result<std::vector<Subscription>> all() = 0;  // oldest first
    struct Change {
        std::int64_t id = 0;
        std::int64_t only_version = 0;  // 0: whichever
        std::string status, error;
        std::optional<std::string> document{};  // none: it stays
    };
    // As it is then; nothing: there is none, or none of that version.
    virtual Result<std::optional<Subscription>> change(const Change& change, Instant at) = 0;
    virtual Result<bool> remove(std::int64_t id) = 0;  // false: there was none

    // How many events there were since the subscription began.
    virtual Result<std::int64_t> events_since_start(std::int64_t id) = 0;
    // Those numbered from `first`, at most `most`, in their order; without those that retention has removed.
    virtual Result<std::vector<SubscriptionEvent>> events(std::int64_t id, std::int64_t first, std::size_t most) = 0;
};

}  // namespace gantry::store
