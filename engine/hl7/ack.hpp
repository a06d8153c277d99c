// Acknowledgments (HL7 v2.9 2.9, 2.13): built from whatever can be read of the message they answer, so that garbage too
// is answered with a message the sender can read.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/error.hpp"
#include "engine/hl7/delimiters.hpp"
#include "engine/hl7/location.hpp"

namespace gantry::hl7 {

// Table 0008.
enum class AcknowledgmentCode { AA, AE, AR, CA, CE, CR };
std::string_view text(AcknowledgmentCode code);
// The same verdict as an accept acknowledgment of enhanced mode: AA to CA, AE to CE, AR to CR.
AcknowledgmentCode accept_level(AcknowledgmentCode code);

// The MSH of the message to answer. The strings are as received: the sender's character set, delimiters and escapes,
// each cut at 4096 bytes, without control characters; they go back as they came.
struct AckContext {
    bool found = false;   // there was a MSH
    bool usable = false;  // with delimiters that can be used; otherwise the answer uses the recommended ones
    Delimiters delimiters;
    std::string sending_application, sending_facility, receiving_application, receiving_facility;  // MSH-3 to 6
    std::string type, event, structure;                                                            // MSH-9
    std::string control_id, processing_id, version;                                                // MSH-10, 11, 12.1
    std::string sequence_number;                                                                   // MSH-13
    std::string accept_ack, application_ack;                                                       // MSH-15, 16
    std::string charset;                                                                           // MSH-18

    // Enhanced mode is in force when MSH-15 or MSH-16 has a value (2.9.3).
    bool enhanced() const { return !accept_ack.empty() || !application_ack.empty(); }
    // 205 for "2.5.1"; 0 when it cannot be read.
    int version_number() const;
};

// bytes: the message as received, before decode(), so that what is echoed is what was sent.
AckContext read_ack_context(std::string_view bytes);

// Whether the sender wants this answer (table 0155: AL always, NE never, ER on error, SU on success). An accept
// acknowledgment exists only in enhanced mode, where an empty MSH-15 means never; the application acknowledgment is
// always wanted in original mode and in enhanced mode by MSH-16.
bool wants_accept_ack(const AckContext& context, AcknowledgmentCode code);
bool wants_application_ack(const AckContext& context, AcknowledgmentCode code);

// One ERR. Texts are UTF-8 and must not quote patient data.
struct ErrorSegment {
    ErrorLocation location;
    int condition = 207;  // table 0357
    char severity = 'E';  // table 0516: E, W, I
    std::string application_code, diagnostic, user_message;
};
std::string_view condition_text(int condition);  // table 0357; empty for a code that is not in it

struct Reply {
    AcknowledgmentCode code = AcknowledgmentCode::AA;
    std::string text;  // MSA-3, before v2.5
    std::vector<ErrorSegment> errors;
    std::string own_control_id;                   // MSH-10 of the answer
    LocalTime when;                               // MSH-7 of the answer
    std::string expected_sequence_number{};       // MSA-4
    std::string accept_ack{}, application_ack{};  // MSH-15, MSH-16 of the answer
};

// What the catalogue says about an error: MSA-1, ERR-3, and the place when it is a place in the message. The caller
// adds own_control_id and when.
Reply refusal(const Error& error);

// The answer, in the sender's delimiters, segments ended by CR, without framing. ERR-1 and MSA-3 before v2.5, ERR-2 to
// 8 from v2.5; MSH-9 is ACK to v2.2, ACK^event in v2.3, ACK^event^ACK after it. What the message did not say is
// answered as v2.5.1, processing id P. Texts become ASCII ('?') unless the sender's character set is UTF-8.
std::string acknowledge(const AckContext& context, const Reply& reply);

}  // namespace gantry::hl7
