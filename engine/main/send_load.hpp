// Many copies of messages over several connections on one thread, measured.
#pragma once
#include <functional>
#include <optional>

#include "engine/main/send.hpp"
#include "engine/main/send_message.hpp"

namespace gantry {

struct LoadResult {
    std::uint64_t accepted = 0, errors = 0, rejected = 0;  // AA and CA; AE and CE; AR, CR and what is no answer
    double seconds = 0;                                    // from the first message to the last answer
    std::vector<std::uint32_t> latencies;                  // microseconds, sorted
    std::optional<Error> failure;                          // why not all were answered

    std::uint64_t answered() const { return accepted + errors + rejected; }
    // The latency that `part` (0 to 1) of the messages did not exceed, in milliseconds; 0 without messages.
    double percentile(double part) const;
};

// progress: told about once a second how many were answered.
LoadResult run_load(const SendOptions& options, const std::vector<MessageTemplate>& templates,
                    const std::function<void(std::uint64_t)>& progress);

}  // namespace gantry
