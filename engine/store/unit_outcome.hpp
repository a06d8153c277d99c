// What becomes of one unit, before anything is written: the same for every database. The store looks for an earlier
// copy, asks here, and writes the decision as it stands.
#pragma once
#include <optional>

#include "engine/base/digest.hpp"
#include "engine/effects/reconcile.hpp"
#include "engine/store/store.hpp"
#include "engine/store/urgent_lanes.hpp"

namespace gantry::store {

// What there is to know of a message that came before with the same sender, control id and content.
struct EarlierCopy {
    std::int64_t id = 0;
    Instant received;
    std::string reply;
};

struct Decision {
    Committed done;
    effects::Plan plan;  // empty unless the unit applies
    // Of the unit's deliveries: each of them waits for earlier ones of the same destination that share a lane. One lane
    // for each patient the unit is about, after aliases; the two patients of a merge or move share its deliveries, so
    // that these wait for what is under way to either of them, and what comes later waits for these. Without a patient
    // the unit's own keys, else the peer; where the channel chose the key, that key alone. Several are separated by
    // effects::key_separator.
    std::string lane;
    std::int64_t duplicate_of = 0;
    // Whether later copies are duplicates of this message. Only what was taken can have any: a rejected message may be
    // sent again once its cause is mended.
    bool first_of_its_kind = false;
    bool delivers = false;                      // the unit's deliveries leave
    std::optional<std::string> answer{};        // so does this, to where the unit says
    std::vector<Notice> notices{};              // and these
    std::optional<std::int64_t> last_number{};  // of the unit's sender from now on
    DeliveryId answers;                         // the delivery that the unit acknowledges
};

// The part of a digest that is stored and compared.
inline std::string_view stored_digest(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), 16};
}

// What the message row says about why: of an error its detail, else the rule that filtered it.
inline const std::string& detail_of(const effects::UnitOutcome& outcome) {
    return outcome.error ? outcome.error->detail : outcome.filtered_by;
}

// Whether an earlier copy still makes this one a duplicate.
bool within_window(const EarlierCopy& earlier, Instant now, std::chrono::seconds window);

// What the store has found that the unit asks for.
struct Found {
    ReplyMatch match;               // of a unit that acknowledges a delivery
    std::int64_t last_number = -1;  // of its sender; -1: there is none
};

// earlier: a copy within the window, or none. Makes the reply.
Decision decide(Unit& unit, const EarlierCopy* earlier, effects::RecordReader& records, IdSource& ids, Instant now,
                const Found& found = {});
// Whether copies of the unit may be duplicates: not what only speaks about numbers, because its answer changes.
bool may_be_copy(const Unit& unit);
// Whether the unit asks for match_reply().
bool acknowledges(const Unit& unit);
// The unit has no effect, for this reason; it is recorded as rejected or held.
Decision refuse(Unit& unit, const Error& error, IdSource& ids, Instant now);
// What leaves because of a unit, each as its body is stored: write(destination, priority, as_received, encoding, body).
// Notices behind them, its answer last. The unit is prepared.
template <class Write>
void for_each_delivery(const Unit& unit, const Decision& decision, Write write) {
    const auto& requests = unit.effects.deliveries;
    for (std::size_t i = 0; decision.delivers && i < requests.size(); ++i) {
        const auto& body = unit.prepared->payloads.at(i);
        const auto priority = priority_of(requests[i].urgency, decision.lane);
        write(requests[i].destination, priority, requests[i].as_received, body.encoding,
              body.bytes(requests[i].payload));
    }
    for (const auto& notice : decision.notices) {
        const auto body = stored_body(notice.payload);
        write(notice.destination, Priority::unranked, false, body.encoding, body.bytes(notice.payload));
    }
    if (!decision.answer) return;
    const auto body = stored_body(*decision.answer);
    write(unit.answer_to, Priority::unranked, false, body.encoding, body.bytes(*decision.answer));
}
// How many of them are messages that come into the ledger.
std::size_t received_of(std::span<const Unit> units);
// Nothing was stored. why: for the sender; no patient data.
Committed not_stored(Unit& unit, std::string why, Instant now);

}  // namespace gantry::store
