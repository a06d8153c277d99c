#include "engine/admin/local_only.hpp"

namespace gantry::admin {
namespace {

// The header without its port.
std::string host_of(const net::HttpRequest& request) {
    const auto* host = request.headers.find("Host");
    if (!host) return {};
    const auto bracket = host->rfind(']');
    const auto port = host->rfind(':');
    const bool has_port = port != std::string::npos && (bracket == std::string::npos || port > bracket);
    return has_port ? host->substr(0, port) : *host;
}

bool is_here(const std::string& host) {
    return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

bool is_json(const net::HttpRequest& request) {
    const auto* type = request.headers.find("Content-Type");
    if (!type) return false;
    const auto end = type->find_first_of("; ");
    return type->substr(0, end) == "application/json";
}

}  // namespace

std::optional<net::HttpResponse> refusal(const net::HttpRequest& request) {
    if (!request.loopback || !is_here(host_of(request))) return net::http_error({ErrorCode::api_only_here, {}, {}});
    if (request.method == "POST" && !is_json(request))
        return net::http_error({ErrorCode::api_bad_request, "the header Content-Type is not application/json", {}});
    return std::nullopt;
}

}  // namespace gantry::admin
