// The options of destination `http`.
#pragma once
#include <string>

#include "channels/destinations/hl7_reply.hpp"
#include "channels/destinations/http_connection.hpp"
#include "channels/destinations/http_status.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::channels {

struct HttpDestinationOptions : HttpConnectionOptions {
    enum class Expect : std::uint8_t { hl7, status };

    std::string content_type = "application/hl7-v2";
    Expect expect = Expect::hl7;
    ReplyActions reply_actions;
    StatusActions status_actions;
};
const settings::Schema<HttpDestinationOptions>& http_destination_schema();

}  // namespace gantry::channels
