#include "engine/sftp/refusal.hpp"

#include <algorithm>
#include <iterator>

namespace gantry::sftp {
namespace {

struct Known {
    std::string_view said;  // by ssh
    events::Literal means;
};

constexpr Known known[] = {
    {"ost key verification failed", "its host key is not the one in known_hosts"},
    {"ermission denied", "it does not let this user in with this key"},
    {"Load key", "the key in identity cannot be read, or needs a passphrase"},
    {"Could not resolve", "its name is not known"},
    {"onnection refused", "nobody listens on its port"},
    {"timed out", "it does not answer"},
    {"No route", "the network does not reach it"},
    {"unreachable", "the network does not reach it"},
    {"No user exists", "this program runs as a user that the machine has no name for, which ssh wants"},
    {"subsystem request failed", "it offers no SFTP"},
    {"interrupted", "it was not waited for any longer"},
    {"cannot be started", "ssh is not installed"},
};

}  // namespace

bool is_away(const Error& error) {
    return error.code == ErrorCode::net_refused || error.code == ErrorCode::net_closed ||
           error.code == ErrorCode::net_timeout;
}

events::Literal reason_of(const Error& error) {
    const auto found = std::find_if(std::begin(known), std::end(known), [&](const Known& each) {
        return error.detail.find(each.said) != std::string::npos;
    });
    if (found != std::end(known)) return found->means;
    return error.code == ErrorCode::net_timeout ? events::Literal("it does not answer")
                                                : events::Literal("the connection ended");
}

}  // namespace gantry::sftp
