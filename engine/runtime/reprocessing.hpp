// A message of the ledger put once more through its channel, as the channel is now. Pure, but for submitting it, which
// is the pipeline's.
//
// It becomes a message of its own, with a row that names the original, who wanted it and why. Nobody waits for its
// acknowledgment, so none is sent; a number of its sender (MSH-13) has been counted, and an application acknowledgment
// that goes another way has been given, so it has neither.
#pragma once
#include <string>
#include <vector>

#include "engine/runtime/ports.hpp"

namespace gantry::runtime {

struct ReprocessRequest {
    store::Reprocessing how;
    std::vector<std::string> destinations;  // "channel/name"; only there. Empty: wherever the channel sends it now
    bool preview = false;                   // nothing is stored, and nothing leaves
};

struct Reprocessed {
    store::Committed committed;
    std::vector<effects::DeliveryRequest> deliveries;  // that leave, or would
};

// original: as its source read it, with the moment it was received then. now: when the new message is received.
store::Unit reprocessed(const Mapper& mapper, Inbound original, const ReprocessRequest& request, Instant now);

}  // namespace gantry::runtime
