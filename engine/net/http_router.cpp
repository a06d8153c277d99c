#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "engine/net/http.hpp"
#include "engine/net/http_field.hpp"

namespace gantry::net {
namespace {

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> out;
    while (!path.empty() && path.front() == '/') {
        const auto end = std::min(path.find('/', 1), path.size());
        out.emplace_back(path.substr(1, end - 1));
        path.remove_prefix(end);
    }
    return out;
}

bool is_capture(const std::string& segment) {
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

// Fixed before capture before "*", segment by segment.
int rank(const std::string& segment) {
    if (segment == "*") return 2;
    return is_capture(segment) ? 1 : 0;
}

bool more_specific(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    const auto both = std::min(a.size(), b.size());
    for (std::size_t i = 0; i < both; ++i)
        if (rank(a[i]) != rank(b[i])) return rank(a[i]) < rank(b[i]);
    return a.size() > b.size();
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == "*") return path.size() > i;
        if (i >= path.size() || (!is_capture(pattern[i]) && pattern[i] != path[i])) return false;
    }
    return pattern.size() == path.size();
}

// Each segment decoded by itself, so that an encoded slash stays inside its segment. Nothing: not to be trusted.
std::optional<std::vector<std::string>> decoded(const std::string& path) {
    auto segments = split(path);
    for (auto& segment : segments) {
        std::string plain;
        try {
            Poco::URI::decode(segment, plain);
        } catch (const Poco::Exception&) {
            return std::nullopt;
        }
        if (plain == "." || plain == ".." || plain.find('\0') != std::string::npos) return std::nullopt;
        segment = std::move(plain);
    }
    return segments;
}

void capture(const std::vector<std::string>& pattern, const std::vector<std::string>& path, HttpRequest& into) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (is_capture(pattern[i])) into.captures[pattern[i].substr(1, pattern[i].size() - 2)] = path[i];
        if (pattern[i] != "*") continue;
        auto& rest = into.captures["*"];
        for (auto at = i; at < path.size(); ++at) rest += (at == i ? "" : "/") + path[at];
    }
}

std::string json_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned char>(c));
        const bool plain = static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
        plain ? out.push_back(c) : void(out.append(escape));
    }
    return out + "\"";
}

}  // namespace

const std::string* HttpHeaders::find(std::string_view name) const {
    for (const auto& [key, value] : fields_)
        if (same_name(key, name)) return &value;
    return nullptr;
}

std::size_t HttpHeaders::count(std::string_view name) const {
    const auto same = [&](const auto& field) { return same_name(field.first, name); };
    return std::size_t(std::count_if(fields_.begin(), fields_.end(), same));
}

const std::string* HttpRequest::query_value(std::string_view name) const {
    for (const auto& [key, value] : query)
        if (key == name) return &value;
    return nullptr;
}

HttpResponse http_error(const Error& error) {
    const auto& row = info(error.code);
    return {row.http_status,
            {{"Content-Type", "application/json"}},
            "{\"error\":" + json_text(row.name) + ",\"message\":" + json_text(error.text()) + "}"};
}

void HttpRouter::add(std::string method, std::string_view pattern, HttpHandler handler) {
    auto segments = split(pattern);
    auto found = std::find_if(routes_.begin(), routes_.end(), [&](const Route& r) { return r.segments == segments; });
    if (found == routes_.end()) {
        found = std::find_if(routes_.begin(), routes_.end(),
                             [&](const Route& route) { return more_specific(segments, route.segments); });
        found = routes_.insert(found, Route{std::move(segments), {}});
    }
    found->handlers[std::move(method)] = std::move(handler);
}

const HttpRouter::Route* HttpRouter::match(const std::vector<std::string>& path) const {
    for (const auto& route : routes_)
        if (matches(route.segments, path)) return &route;
    return nullptr;
}

HttpResponse HttpRouter::answer(HttpRequest& request) const {
    auto response = routed(request);
    for (const auto& word : last_) word(request, response);
    return response;
}

HttpResponse HttpRouter::routed(HttpRequest& request) const {
    const auto path = decoded(request.path);
    if (!path) return http_error({ErrorCode::http_bad_request, "the path is malformed", {}});
    const Route* route = match(*path);
    if (route == nullptr) return http_error({ErrorCode::http_not_found, {}, {}});
    auto handler = route->handlers.find(request.method);
    if (handler == route->handlers.end() && request.method == "HEAD") handler = route->handlers.find("GET");
    if (handler == route->handlers.end()) {
        auto response = http_error({ErrorCode::http_method_not_allowed, {}, {}});
        std::string allow;
        for (const auto& [method, unused] : route->handlers) allow += (allow.empty() ? "" : ", ") + method;
        if (route->handlers.count("GET") != 0 && route->handlers.count("HEAD") == 0) allow += ", HEAD";
        response.headers.emplace_back("Allow", allow);
        return response;
    }
    capture(route->segments, *path, request);
    return handler->second(request);
}

}  // namespace gantry::net
