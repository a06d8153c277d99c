// What the answer to a POST says about the HL7 message in it. Pure.
//
// With Expect::status the status decides (http_status.hpp), as soon as the head of the response is there and its body
// has an end or is longer than anybody reads.
//
// With Expect::hl7 ("HL7 over HTTP", https://hapifhir.github.io/hapi-hl7v2/hapi-hl7overhttp/specification.html, 2.6):
//   * A status that `status_actions` name decides.
//   * 2xx: the first acknowledgment whose MSA-2 is the control id that was sent decides, by `reply_actions`; where the
//     message has none, the first without. Without such an acknowledgment the message is in doubt, unless it asks for
//     none but of errors (MSH-15, MSH-16) and the answer has no body.
//   * Anything else is no HL7 message as the specification has it, but HAPI's own receiver sends AR with 400 and AE
//   with
//     500. So an acknowledgment of this message that refuses it decides; else the status does.
//   * Where the response did not say how long it is, an acknowledgment counts only when it ends with a line end: it may
//     have been cut.
//
// Retry-After is honoured where the status decides.
//
// A response that came before the whole message was sent refuses it (4xx, 5xx) or leaves it in doubt.
#pragma once
#include "channels/destinations/http_destination_options.hpp"
#include "engine/net/http_caller.hpp"

namespace gantry::channels {

// What the status alone says, with Retry-After. The detail names the status.
runtime::Destination::Answer status_answer(const net::HttpResponse& response, const StatusActions& actions);

// call: answered. The detail names the status, the code and the condition, and nothing else of the response.
runtime::Destination::Answer http_answer(const net::HttpCall& call, const SentMessage& message,
                                         const HttpDestinationOptions& options);

}  // namespace gantry::channels
