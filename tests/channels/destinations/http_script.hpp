// Requests and responses of HTTP for scripted receivers, byte for byte.
#pragma once
#include <string>

#include "tests/channels/destinations/scripted_receiver.hpp"

namespace gantry::channels::testing {

inline std::string http_response(int status, const std::string& body, const std::string& fields = {}) {
    return "HTTP/1.1 " + std::to_string(status) + " Words\r\n" + fields +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// The next request as a whole; empty: the sender has closed. One at a time is on its way.
inline std::string http_request(Accepted& peer) {
    std::string out;
    for (;;) {
        const auto head = out.find("\r\n\r\n"), length = out.find("Content-Length: ");
        if (head != out.npos && out.size() >= head + 4 + std::stoul(out.substr(length + 16))) return out;
        const auto more = peer.some();
        if (more.empty()) return {};
        out += more;
    }
}

inline std::string http_body(const std::string& request) {
    return request.empty() ? "" : request.substr(request.find("\r\n\r\n") + 4);
}

inline std::string http_field(const std::string& request, const std::string& name) {
    const auto at = request.find("\r\n" + name + ": ");
    if (at == request.npos || at > request.find("\r\n\r\n")) return "(none)";
    const auto begin = at + name.size() + 4;
    return request.substr(begin, request.find("\r\n", begin) - begin);
}

}  // namespace gantry::channels::testing
