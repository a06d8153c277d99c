#include "engine/net/http_cors.hpp"

#include <algorithm>

#include "engine/net/http_field.hpp"

namespace gantry::net {
namespace {

constexpr auto request_headers =
    "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Exist, If-None-Match, Prefer";
constexpr auto response_headers = "Content-Location, ETag, Last-Modified, Location, Retry-After, X-Progress";
constexpr auto remembered = "600";  // seconds

bool is_below(std::string_view path, std::string_view below) {
    return path.starts_with(below) && (path.size() == below.size() || path[below.size()] == '/');
}

// What the place can do, as its own answer to OPTIONS says.
std::string methods_of(const HttpResponse& response) {
    for (const auto& [name, value] : response.headers)
        if (same_name(name, "Allow")) return value;
    return "GET, HEAD";
}

}  // namespace

bool is_origin(std::string_view text) {
    if (text == "*") return true;
    const auto scheme = text.find("://");
    if (scheme != 4 && scheme != 5) return false;
    const auto name = text.substr(0, scheme), place = text.substr(scheme + 3);
    if (name != "http" && name != "https") return false;
    return !place.empty() && std::all_of(place.begin(), place.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' || c == '[' ||
               c == ']';
    });
}

void allow_origin(const CorsRule& rule, const HttpRequest& request, HttpResponse& response) {
    if (rule.origins.empty() || !is_below(request.path, rule.below)) return;
    const auto known = [&](std::string_view origin) {
        return std::find(rule.origins.begin(), rule.origins.end(), origin) != rule.origins.end();
    };
    const bool everyone = known("*");
    const auto* origin = request.headers.find("Origin");
    if (!everyone) response.headers.emplace_back("Vary", "Origin");
    if (!origin || !(everyone || known(*origin))) return;
    if (request.method == "OPTIONS" && request.headers.find("Access-Control-Request-Method"))
        response = {204,
                    {{"Access-Control-Allow-Methods", methods_of(response)},
                     {"Access-Control-Allow-Headers", request_headers},
                     {"Access-Control-Max-Age", remembered},
                     {"Vary", "Origin"}},
                    {}};
    response.headers.emplace_back("Access-Control-Allow-Origin", everyone ? "*" : *origin);
    response.headers.emplace_back("Access-Control-Expose-Headers", response_headers);
}

}  // namespace gantry::net
