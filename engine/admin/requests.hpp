// What requests to /api ask for, read from their parameters and bodies. Pure. Errors: api_bad_request, with a sentence
// about the parameter.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "engine/net/http.hpp"
#include "engine/store/delivery_control.hpp"

namespace gantry::admin {

// A number as it stands in an address: decimal, without sign.
Result<std::int64_t> id_of(std::string_view text);

// channel, type, control_id, outcome, from, to (moment.hpp), accession, placer and filler (NUMBER or NUMBER^AUTHORITY),
// patient (VALUE or VALUE^^^AUTHORITY), study (a UID), before (a message), limit (1 to 500).
Result<store::MessageQuery> message_query(const net::HttpRequest& request, const Zone& zone, Instant now);

// Of a list of deliveries: state, after (a delivery), limit (1 to 500).
struct QueuePageQuery {
    effects::Outcome state = effects::Outcome::pending;
    DeliveryId after;
    std::size_t most = 100;
};
Result<QueuePageQuery> queue_page_query(const net::HttpRequest& request);

// {"by": who, "reason": why, "lane": …, "states": ["dead", …], "payload": text, "payload_base64": bytes,
// "destinations": ["channel/name", …]}, of a message to reprocess also "records" and "preview" (true or false); `by` is
// needed.
struct Decision {
    std::string by, reason, lane;
    std::vector<effects::Outcome> states;
    std::vector<std::string> destinations;
    std::optional<std::string> payload;
    std::optional<bool> records, preview;
};
Result<Decision> decision_of(const std::string& body);

}  // namespace gantry::admin
