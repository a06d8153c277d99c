// `gantry messages`: the message store from the shell, through the admin API of the running engine.
// Exit codes: 0 done; 1 there is no such message; 2 a filter that cannot be; 74 the engine or its database does not
// answer.
#pragma once
#include <iosfwd>

#include "engine/main/api_client.hpp"

namespace gantry {

struct MessagesOptions {
    QueryValues filters;  // parameters of GET /api/messages, but for limit
    std::size_t most = 50;
    bool json = false;
};
// Newest first. err: how far the search has come, when it is a terminal.
int run_messages(const ApiClient& api, const MessagesOptions& options, std::ostream& out, std::ostream& err);

struct ReprocessOptions {
    std::string id;                         // of one message; empty: those of a search
    MessagesOptions list;                   // the search
    std::vector<std::string> destinations;  // CHANNEL/DESTINATION; empty: wherever it was delivered
    std::string by, reason;
    double rate = 10;  // messages per second
    bool preview = false;
    bool current = false;  // through the channel as it is now, instead of as it was
    bool records = false;  // current, to chosen destinations: records are changed as well
};
// What each message delivered is delivered once more, as it was; the oldest first. What waits still is left alone. Or
// each message goes through its channel as it is now, as a message of its own.
int run_reprocess(const ApiClient& api, const ReprocessOptions& options, std::ostream& out, std::ostream& err);

struct ShowOptions {
    std::string id;
    bool json = false;
    bool content = false;  // only its bytes, as received
};
int run_message_show(const ApiClient& api, const ShowOptions& options, std::ostream& out, std::ostream& err);

}  // namespace gantry
