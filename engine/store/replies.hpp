// Application acknowledgments that come apart from the attempt they answer (HL7 v2.9 2.9.3, enhanced mode): later over
// the same connection, over another one as a message, after a restart. What is awaited is written down before the first
// byte of an attempt leaves, so that no acknowledgment can be too early; what comes is written down with the delivery,
// once, and judged by the destination's worker.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "engine/base/ids.hpp"

namespace gantry::store {

// What names the acknowledgment of a delivery that is about to be sent.
struct AwaitedReply {
    DeliveryId delivery;
    std::string destination;  // "channel/name"
    std::string control_id;   // MSH-10 as it is sent, escapes resolved; not empty
    std::string names;        // reply_names() of MSH-5, 6, 3, 4 as they are sent
};

// A message that is such an acknowledgment.
struct Reply {
    std::vector<std::string> destinations;  // whose deliveries it may answer, "channel/name"
    std::string control_id;                 // MSA-2, escapes resolved
    std::string names;                      // reply_names() of its MSH-3, 4, 5, 6
    std::string answer;                     // what it says, for runtime::Destination::judge(); not empty
};

// What was said about a delivery over the connection it went out on.
struct ReplyHeard {
    DeliveryId delivery;
    std::string answer;  // as of Reply
};

std::string reply_names(std::string_view application, std::string_view facility, std::string_view to_application,
                        std::string_view to_facility);
// Whether they may be the same: each name that both have is equal.
bool may_be_the_same(std::string_view names, std::string_view other);

// The delivery that a reply answers, or why it answers none. awaited: those that await its control id. Never one of
// several: it is not known which.
struct ReplyMatch {
    DeliveryId delivery;      // 0: none
    const char* reason = "";  // why none; no patient data
};
ReplyMatch match_reply(const Reply& reply, std::span<const AwaitedReply> awaited);

}  // namespace gantry::store
