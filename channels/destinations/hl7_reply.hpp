// What an acknowledgment says about the HL7 message that was sent (HL7 v2.9 2.9.2, 2.9.3). Pure; knows no transport.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/hl7/acknowledgment.hpp"
#include "engine/runtime/ports.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::channels {

// When the receiver answers (table 0155, MSH-15 and MSH-16).
enum class Wanted : std::uint8_t { always, never, on_error, on_success };

// What of a message decides which answers belong to it.
struct SentMessage {
    std::string control_id;  // MSH-10, escapes resolved; empty: it has none
    Wanted accept = Wanted::never, application = Wanted::always;
    bool enhanced = false;
    std::string
        names{};  // store::reply_names() of MSH-5, 6, 3, 4: who will name itself in an acknowledgment that comes apart
    DeliveryId delivery{};
    std::int64_t number = 0;   // MSH-13; 0: it is not counted
    bool sent_before = false;  // an earlier attempt may have brought it there
};

// message: as it is sent. Original mode (neither MSH-15 nor MSH-16 has a value) wants an application acknowledgment;
// in enhanced mode an empty one of the two means never, and a value that is not in the table always.
SentMessage read_sent(std::string_view message);

using hl7::Acknowledgment;
using hl7::read_acknowledgments;

// Whether its application acknowledgment may come apart from the attempt: it asks for one, and can be found by its
// control id, which has at most the 199 characters of MSH-10.
bool may_come_apart(const SentMessage& message);

// What becomes of a delivery that was answered so.
enum class ReplyAction : std::uint8_t {
    done,
    retry,  // later; what follows with the same key waits
    dead,   // never: a dead letter
    hold    // a person decides; what follows with the same key waits
};

// For each code of table 0008. The defaults follow 2.9.2 and 2.9.3: an error is about this message and comes again when
// it is sent again (AE), as does a message type, processing id or version that is not taken (CR); AR stands for these
// and for a receiver that cannot now, CE for everything else that keeps it from being stored now.
struct ReplyActions {
    ReplyAction aa = ReplyAction::done, ae = ReplyAction::dead, ar = ReplyAction::retry;
    ReplyAction ca = ReplyAction::done, ce = ReplyAction::retry, cr = ReplyAction::dead;
    ReplyAction other = ReplyAction::hold;  // MSA-1 is empty or not in the table

    ReplyAction of(std::string_view code) const;
};
const settings::Schema<ReplyActions>& reply_actions_schema();

// What becomes of a message when its receiver expects this number (MSA-4, 2.10.1 d); none: it is the one. One more: it
// is there, if it was sent before. Less: nothing was accepted under its number, and it goes on with the one expected.
// Otherwise somebody else has counted: a person decides, and it then goes on with the one expected.
std::optional<runtime::Destination::Answer> out_of_turn(const SentMessage& message, std::int64_t expected);

// The detail names the code and the condition, and nothing else of the reply.
runtime::Destination::Answer answer_to(const Acknowledgment& acknowledgment, const ReplyActions& actions);

}  // namespace gantry::channels
