// Messages received, what they changed, and what has to leave because of them.
#pragma once
#include <odb/core.hxx>

#include <cstdint>
#include <string>
#include <vector>

namespace gantry {
namespace records {

// Without a type, ODB would make a child table with a row per byte.
typedef std::vector<unsigned char> bytes;
#pragma db value(bytes) sqlite:type("BLOB") pgsql:type("BYTEA")

// The ledger: one row per message received. received = the sum over `outcome`, always.
#pragma db object table("message")
struct Message {
#pragma db id
    std::int64_t id = 0;  // time-ordered: a range of ids is a range of time
    std::int64_t received = 0, committed = 0;  // microseconds since 1970, UTC
    std::string channel, peer, sender, control_id, type;
    bytes digest;                 // first 16 bytes of SHA-256 over the content
    std::int64_t occurrence = 0;  // 0: the first of its kind; else the id, for duplicates and what cannot have any
    std::int64_t duplicate_of = 0;
    std::int64_t revision = 0;  // of the channel that handled it
    std::int16_t outcome = 0;   // effects::Outcome
    std::string error, error_detail, error_place, ordering_key;
    bytes reply;  // the acknowledgment as it was sent
#pragma db index("message_origin") unique members(control_id, sender, digest, occurrence)
#pragma db index("message_channel") members(channel, id)
#pragma db index("message_outcome") members(outcome, id)
};

// Bodies live apart, so that the ledger stays small and retention can drop one without the other.
#pragma db object table("message_body")
struct MessageBody {
#pragma db id
    std::int64_t id = 0;
    std::int16_t encoding = 0;  // 0: as received
    bytes content;
};

// A message that a person put through its channel once more, as the channel is now: the new message.
#pragma db object table("reprocessing")
struct Reprocessing {
#pragma db id
    std::int64_t id = 0;        // of the new message
    std::int64_t original = 0;  // the message that came once
    std::int64_t at = 0;
    std::string decided_by, reason;
#pragma db index("reprocessing_original") member(original)
};

// Append-only: what one message did to records. Names, before-values and sources of every changed field, as JSON.
#pragma db object table("change_log")
struct Change {
#pragma db id
    std::int64_t id = 0;  // the message's id; a change made by a person has an id of its own
    std::int64_t message = 0;
    std::int64_t revision = 0;
    std::int64_t at = 0;
    std::string actor;
    std::string patches;
};

// One thing to send to one destination.
#pragma db object table("delivery")
struct Delivery {
#pragma db id
    std::int64_t id = 0;
    std::int64_t message = 0;
    std::string channel, destination, lane;
    std::int16_t state = 0;  // effects::Outcome
    std::int32_t attempts = 0;
    std::int64_t next_attempt = 0, created = 0, finished = 0;
    std::string last_error;
    bool as_received = true;  // the payload is the message's own body
    std::string lease_owner;
    std::int64_t lease_epoch = 0;
    std::int64_t begun = 0;  // of the attempt whose end is not known; 0: there is none
    // Its receiver has accepted it, and its application acknowledgment is awaited until then; 0: it is not.
    std::int64_t answer_until = 0;
    std::string answer;       // the application acknowledgment that came apart, not yet judged; store::Reply::answer
    std::int64_t number = 0;  // MSH-13 it goes out with; 0: none was given
    std::int16_t priority = 0;  // store::Priority
#pragma db index("delivery_message") member(message)
#pragma db index("delivery_ready") members(state, destination, id)
#pragma db index("delivery_waiting") members(destination, state, id)
#pragma db index("delivery_urgent") members(destination, id)
#pragma db index("delivery_joined") members(destination, id)
#pragma db index("delivery_lane") members(destination, lane, id)
};

// What names the application acknowledgment of a delivery that may have been sent.
#pragma db object table("awaited_reply")
struct AwaitedReply {
#pragma db id
    std::int64_t id = 0;  // of the delivery
    std::string destination, control_id, names;
#pragma db index("awaited_reply_control_id") members(control_id, destination)
};

// The number (MSH-13) that was accepted last of a sender that counts its messages, or given last to one of ours.
#pragma db object table("sequence_number")
struct SequenceNumber {
#pragma db id
    std::string sender;     // as of the messages; "destination " and its name: the numbers given there
    std::int64_t last = 0;  // -1: whatever comes first is the next one
};

#pragma db object table("delivery_body")
struct DeliveryBody {
#pragma db id
    std::int64_t id = 0;
    std::int16_t encoding = 0;
    bytes content;
};

#pragma db object table("delivery_attempt")
struct DeliveryAttempt {
#pragma db id
    std::int64_t id = 0;
    std::int64_t delivery = 0;
    std::int64_t started = 0, finished = 0;
    std::int16_t verdict = 0;  // effects::Outcome after this attempt
    std::string detail;
#pragma db index("delivery_attempt_delivery") member(delivery)
};

#pragma db view table("message") query((?) + "GROUP BY outcome")
struct OutcomeCount {
#pragma db column("outcome")
    std::int16_t outcome = 0;
#pragma db column("count(*)")
    std::int64_t messages = 0;
};

#pragma db view table("delivery") query("state = 0")
struct PendingDeliveries {
#pragma db column("count(*)")
    std::int64_t deliveries = 0;
};

// A share of the ledger's sums; see engine/store/ledger_tally.hpp.
#pragma db object table("ledger_count")
struct LedgerCount {
#pragma db id
    std::int64_t id = 0;        // who counts, times 256, and what
    std::int64_t messages = 0;  // may be below zero: who moves a message on did not receive it
};

// Who may work on something that only one node may do; the epoch fences off an owner that lost it.
#pragma db object table("lease")
struct Lease {
#pragma db id
    std::string name;
    std::string owner;
    std::int64_t epoch = 0, expires = 0;
};

// Every document of the configuration that ever was in force.
#pragma db object table("channel_revision")
struct ChannelRevision {
#pragma db id
    std::int64_t id = 0;
    std::string channel;  // its name, or "mappings/NAME", "tables/NAME", "scripts/NAME.lua"
    std::string digest;   // hexadecimal SHA-256 of the document, and of the list below where there is one
    std::string author, document;
    std::int64_t created = 0;
#pragma db index("channel_revision_channel") members(channel, id)
};

// What the revision of a channel was read with: a line "mappings/NAME digest" each.
#pragma db object table("revision_dependencies")
struct RevisionDependencies {
#pragma db id
    std::int64_t id = 0;  // of the revision
    std::string list;
};

}  // namespace records
}  // namespace gantry
