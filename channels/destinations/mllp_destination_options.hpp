// The options of destination `mllp`.
#pragma once
#include <chrono>
#include <string>

#include "channels/destinations/hl7_reply.hpp"
#include "engine/net/tls_options.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::channels {

struct MllpDestinationOptions {
    enum class WaitFor : std::uint8_t { first, application, application_apart };

    std::string host;
    int port = 2575;
    std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
    std::chrono::milliseconds send_timeout = std::chrono::seconds(30);
    std::chrono::milliseconds reply_timeout = std::chrono::seconds(30);
    bool keep = true;
    std::chrono::milliseconds idle = std::chrono::minutes(1);
    WaitFor wait_for = WaitFor::first;
    std::chrono::milliseconds application_timeout = std::chrono::hours(1);
    ReplyActions reply_actions;
    bool control_id_echoed = true;
    settings::ByteSize max_reply{1u << 20};
    int release = 1;
    bool sequence_numbers = false;
    std::optional<net::TlsClientOptions> tls{};
};
const settings::Schema<MllpDestinationOptions>& mllp_destination_schema();

}  // namespace gantry::channels
