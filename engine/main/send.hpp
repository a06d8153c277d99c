// `gantry send`: an MLLP client. Sends files and shows each answer; or, with repeat, measures: that many messages over
// several connections, each waiting for its answer before the next.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "engine/net/tls_options.hpp"

namespace gantry {

struct SendOptions {
    std::string host;
    std::uint16_t port = 0;
    std::vector<std::filesystem::path> files;
    std::size_t connections = 1;  // of a repeated run
    std::uint64_t repeat = 0;     // messages in total, the files in turn; 0: each message once
    double rate = 0;              // messages per second over all connections; 0: as fast as they are answered
    std::uint64_t start = 1;      // serial number of the first copy
    bool scatter = false;         // serial numbers in no order, as those of many senders are together
    bool verbatim = false;        // do not give copies their own numbers
    bool json = false;
    std::filesystem::path journal;  // gets the control id of each accepted message, a line each; empty: none
    std::optional<net::TlsClientOptions> tls{};
    std::chrono::milliseconds timeout = std::chrono::seconds(30);  // to connect, and for an answer
};

// Answers the exit code: 0 everything was accepted (AA, CA); 1 something was refused; 74 a file, the connection or an
// answer failed. err: why, and progress when it is a terminal.
int run_send(const SendOptions& options, std::ostream& out, std::ostream& err);

}  // namespace gantry
