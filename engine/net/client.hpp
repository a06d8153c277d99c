// Outgoing TCP connections.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "engine/base/byte_stream.hpp"

namespace gantry::net {

class TlsClient;

// Connects to the first address of `host` that answers within `timeout` in total (the time of the name resolver is not
// counted: it has its own limits). A stop that is requested ends the wait within 50 ms. Any thread. Errors:
// net_refused, net_timeout; net_closed when it was stopped.
Result<std::unique_ptr<ByteStream>> connect(const std::string& host, std::uint16_t port,
                                            std::chrono::milliseconds timeout, const std::stop_token& stop = {});
// The same through TLS, the handshake included in the timeout. Errors also: config_missing_file; the detail of
// net_refused says what is wrong with the handshake. A read() that fails with net_refused: the peer has turned this
// side away, and has taken nothing of what was written.
Result<std::unique_ptr<ByteStream>> connect(TlsClient& tls, const std::string& host, std::uint16_t port,
                                            std::chrono::milliseconds timeout, const std::stop_token& stop = {});
// Either: without `tls`, plain text.
inline Result<std::unique_ptr<ByteStream>> connect(TlsClient* tls, const std::string& host, std::uint16_t port,
                                                   std::chrono::milliseconds timeout,
                                                   const std::stop_token& stop = {}) {
    return tls ? connect(*tls, host, port, timeout, stop) : connect(host, port, timeout, stop);
}

}  // namespace gantry::net
