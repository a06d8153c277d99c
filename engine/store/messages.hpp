// Messages and delivery queues read back: for the shell, the admin API and the console.
//
// Nothing here reads a table from end to end. A search goes by the narrowest index that fits what was asked, newest
// first: the chains of the records that identifiers lead to (each change names the one before it), the control id, an
// outcome that is rare, the channel, else time, which is the order of ids. What is left to compare is compared on a
// bounded number of rows; a page that stops there says where to go on.
//
// Threads: any. Errors: storage_unavailable; of find() api_bad_request: a text without a word, or no index of words.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/effects/effects.hpp"

namespace gantry::store {

// What is empty does not narrow; all that is given must hold.
struct MessageQuery {
    std::string channel;
    std::string type;  // "ADT^A08", or "ADT" for all of them
    std::string control_id;
    std::optional<effects::Outcome> outcome;
    std::optional<Instant> from, to;  // when it was stored: from that moment on, before that moment
    // Messages that changed a record with this number: the order, its reports, and where a patient is asked for the
    // patient. One that changed nothing (refused, a duplicate, older than what is stored) is found by what stands
    // above. Without an authority: with any.
    std::string accession_number, study_instance_uid;
    effects::OrderNumber placer, filler;
    effects::Identifier patient;
    // Whose contents have all these words (engine/store/search_words.hpp), as far as they are indexed.
    std::string text;

    MessageId before;  // only older ones; none: from the newest on
    std::size_t most = 50;

    bool by_records() const;
};

// A message without its contents.
struct MessageRow {
    MessageId id;
    Instant received, committed;
    std::string channel, peer, sender, control_id, type;
    effects::Outcome outcome = effects::Outcome::pending;
    std::string error, error_detail, error_place;  // of a filtered message the detail is the rule
    MessageId duplicate_of;
    std::int64_t revision = 0;  // of the channel that handled it
};

struct MessagePage {
    std::vector<MessageRow> messages;  // newest first
    MessageId next;                    // `before` of the next page; none: there is nothing more
};

struct DeliveryRow {
    DeliveryId id;
    MessageId message;
    std::string destination, lane;                       // "channel/name"
    effects::Outcome state = effects::Outcome::pending;  // filtered: a person discarded it
    int attempts = 0;                                    // made by the worker
    Instant created, next_attempt, finished;             // 0: none
    Instant begun;                                       // of an attempt whose end is not known; 0: there is none
    std::string last_error;
    bool as_received = true;  // what is delivered are the message's own bytes
};

struct AttemptRow {
    Instant started, finished;
    effects::Outcome verdict = effects::Outcome::pending;  // the delivery's state after it
    std::string detail;                                    // what the receiver said, or what a person decided
};

struct DeliveryDetail {
    DeliveryRow delivery;
    std::string payload;               // empty when it is the message's own bytes
    bool payload_removed = false;      // by retention; of the message's own bytes MessageDetail says it
    std::vector<AttemptRow> attempts;  // oldest first
    bool payload_damaged = false;      // it is stored, and cannot be read any more: storage_content_damaged
};

// A message that a person put through its channel once more: the new one.
struct ReprocessingRow {
    MessageId message, original;
    Instant at;
    std::string by, reason;
};

// What a person has decided about a message as a whole.
struct MessageDecision {
    Instant at;
    std::string by, reason;
};

struct MessageDetail {
    MessageRow message;
    std::string content, reply;    // bytes as received, and the acknowledgment as it was sent
    bool content_removed = false;  // by retention: there is the row, and nothing to send again
    std::string changes;           // JSON as in the change log (engine/store/patches.hpp); empty: it changed no record
    std::vector<DeliveryDetail> deliveries;
    bool content_damaged = false;  // it is stored, and cannot be read any more: storage_content_damaged
    std::optional<ReprocessingRow> reprocessing{};  // of another message
    std::vector<ReprocessingRow> reprocessed{};     // of this one, oldest first
    std::optional<MessageDecision> discarded{};     // it was held, and is filtered now
};

class MessageReader {
  public:
    virtual ~MessageReader() = default;
    // Of a search by text, how far the index was is asked before it (TextIndex::progress).
    virtual Result<MessagePage> find(const MessageQuery& query) = 0;
    virtual Result<std::optional<MessageDetail>> message(MessageId id) = 0;
};

struct QueueSummary {
    std::string destination;
    std::int64_t pending = 0, held = 0, dead = 0, in_doubt = 0;
    Instant oldest_pending;  // when it was created; 0: nothing is pending
    Instant next_attempt;    // the earliest of the hundred that wait longest; not after now: it is due
    struct Hold {
        Instant since;
        std::string by, reason;
    };
    std::optional<Hold> hold;  // a person has stopped the destination
};

// States that a delivery waits in, and that can be listed.
inline constexpr effects::Outcome waiting_states[] = {effects::Outcome::pending, effects::Outcome::held,
                                                      effects::Outcome::dead, effects::Outcome::in_doubt};

class QueueReader {
  public:
    virtual ~QueueReader() = default;
    // Destinations with a delivery that waits, and those on hold, by name.
    virtual Result<std::vector<QueueSummary>> queues() = 0;
    // Oldest first, after `after`. state: one of waiting_states.
    virtual Result<std::vector<DeliveryRow>> waiting(const std::string& destination, effects::Outcome state,
                                                     DeliveryId after, std::size_t most) = 0;
    virtual Result<std::optional<DeliveryRow>> delivery(DeliveryId id) = 0;
};

}  // namespace gantry::store
