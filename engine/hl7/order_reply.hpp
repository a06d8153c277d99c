// Application acknowledgments of orders: ORR^O02, ORG^O20, ORI^O24 (HL7 v2.9 4.4): what became of each order.
#pragma once
#include <string>
#include <vector>

#include "engine/hl7/ack.hpp"
#include "engine/hl7/types.hpp"

namespace gantry::hl7 {

struct OrderVerdict {
    std::string control;              // ORC-1, table 0119: OK, CR, UC, NA, …
    EntityIdentifier placer, filler;  // ORC-2, ORC-3
    std::string status;               // ORC-5, table 0038; may be empty
};

// MSH, MSA, ERR…, [PID], one ORC per verdict, for an order message (ORM, OMG, OMI); any other type gets acknowledge(),
// and so does an order without verdicts. pid: the whole PID segment as received, or empty. Codes that refuse (UC, UD,
// UX, UM, UH, UR, UA) never travel with AA or CA: reply.code is then AE or CE.
std::string order_reply(const AckContext& context, const Reply& reply, const std::string& pid,
                        const std::vector<OrderVerdict>& verdicts);

}  // namespace gantry::hl7
