// `gantry queue`, `hold`, `release`, `discard`: delivery queues from the shell, through the admin API of the running
// engine. Exit codes: as of `gantry messages`; of a decision 0 also when it had been made before.
#pragma once
#include <filesystem>
#include <iosfwd>
#include <optional>

#include "engine/main/api_client.hpp"

namespace gantry {

int run_queues(const ApiClient& api, bool json, std::ostream& out, std::ostream& err);

struct QueueOptions {
    std::string destination;  // CHANNEL/DESTINATION
    std::string state;        // empty: every state that waits
    std::size_t most = 100;   // of each state
    bool json = false;
};
int run_queue_show(const ApiClient& api, const QueueOptions& options, std::ostream& out, std::ostream& err);

struct DecideOptions {
    std::string action;    // hold, release, discard
    std::string target;    // the number of a delivery, or CHANNEL/DESTINATION
    bool message = false;  // the target is the number of a message
    std::string by, reason, lane;
    std::vector<std::string> states;
    std::optional<std::filesystem::path> payload;  // a file: deliver this instead
    bool json = false;
};
int run_decide(const ApiClient& api, const DecideOptions& options, std::ostream& out, std::ostream& err);

}  // namespace gantry
