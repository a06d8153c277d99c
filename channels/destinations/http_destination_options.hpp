// The options of destination `http`.
#pragma once
#include <chrono>
#include <map>
#include <string>

#include "channels/destinations/hl7_reply.hpp"
#include "channels/destinations/http_status.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::channels {

struct HttpDestinationOptions {
    enum class Expect : std::uint8_t { hl7, status };

    std::string url;
    std::string content_type = "application/hl7-v2";
    std::map<std::string, settings::Secret> headers;
    Expect expect = Expect::hl7;
    ReplyActions reply_actions;
    StatusActions status_actions;
    std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
    std::chrono::milliseconds send_timeout = std::chrono::seconds(30);
    std::chrono::milliseconds reply_timeout = std::chrono::seconds(30);
    bool keep = true;
    std::chrono::milliseconds idle = std::chrono::seconds(2);
    settings::ByteSize max_reply{1u << 20};
};
const settings::Schema<HttpDestinationOptions>& http_destination_schema();

}  // namespace gantry::channels
