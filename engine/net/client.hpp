// Outgoing TCP connections.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "engine/base/byte_stream.hpp"

namespace gantry::net {

// Connects to the first address of `host` that answers within `timeout` in total (the time of the name resolver is not
// counted: it has its own limits). A stop that is requested ends the wait within 50 ms. Any thread. Errors:
// net_refused, net_timeout; net_closed when it was stopped.
Result<std::unique_ptr<ByteStream>> connect(const std::string& host, std::uint16_t port,
                                            std::chrono::milliseconds timeout, const std::stop_token& stop = {});

}  // namespace gantry::net
