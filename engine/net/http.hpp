// HTTP/1.1 for the engine: requests and responses as values, a router, and the service that answers on a port of the
// lobby. RFC 9110, RFC 9112. Slow heads and small slow bodies wait in the lobby and cost no thread.
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/net/lobby.hpp"

namespace gantry::net {

// In the order of arrival; names compare without case.
class HttpHeaders {
  public:
    void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
    // The first of that name, or nullptr.
    const std::string* find(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    auto begin() const { return fields_.begin(); }
    auto end() const { return fields_.end(); }

  private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

struct HttpRequest {
    std::string method = "GET";
    std::string path = "/";                                  // as sent, still percent-encoded, without the query
    std::vector<std::pair<std::string, std::string>> query;  // decoded
    HttpHeaders headers;
    std::string body;
    Peer peer;
    bool loopback = false;
    std::map<std::string, std::string, std::less<>> captures;  // decoded: of "{name}", and "*" for the rest of the path

    const std::string* query_value(std::string_view name) const;  // the first, or nullptr
};

struct HttpResponse {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;  // Content-Length and Connection are added
    std::string body;
};

// {"error": code, "message": sentence} with the status of the error catalogue.
HttpResponse http_error(const Error& error);

// Called by many threads at once. An exception becomes a 500 without its text.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

// Immutable once it serves; then any thread.
class HttpRouter {
  public:
    // pattern: "/healthz", "/orders/{id}" (one segment), "/console/*" (everything below, as captures["*"]). A fixed
    // segment wins over a capture, a capture over "*". The last handler added for a method and pattern counts. HEAD is
    // answered by the handler of GET unless it has its own.
    void add(std::string method, std::string_view pattern, HttpHandler handler);

    // Called with each answer, whatever it is, before it leaves; in the order they were added.
    void add_last(std::function<void(const HttpRequest&, HttpResponse&)> word) { last_.push_back(std::move(word)); }

    // Fills request.captures. 400 for a path that cannot be decoded or climbs ("..", "%00"), 404, 405 with Allow.
    HttpResponse answer(HttpRequest& request) const;

  private:
    struct Route {
        std::vector<std::string> segments;  // "{name}" and "*" as written
        std::map<std::string, HttpHandler> handlers;
    };
    const Route* match(const std::vector<std::string>& path) const;
    HttpResponse routed(HttpRequest& request) const;
    std::vector<Route> routes_;  // the most specific first
    std::vector<std::function<void(const HttpRequest&, HttpResponse&)>> last_;
};

struct HttpOptions {
    milliseconds head_timeout{10'000};     // from accept to the complete head (and body, when it is small)
    milliseconds request_timeout{60'000};  // for the rest of a larger body, in total
    milliseconds write_timeout{30'000};    // for one response, in total
    milliseconds keep_alive{5'000};        // idle between requests
    settings::ByteSize max_head = 32u << 10;
    settings::ByteSize max_body = 16u << 20;
    std::size_t max_threads = 200;
};

// Attaches to the lobby. sink must outlive the lobby. Errors: as Lobby::add_port.
Result<PortId> add_http_port(Lobby& lobby, const PortOptions& port, const HttpOptions& options, HttpRouter router,
                             events::Sink& sink);
// New connections of such a port are answered so (Lobby::replace_port).
void replace_http_port(Lobby& lobby, PortId port, const PortOptions& limits, const HttpOptions& options,
                       HttpRouter router, events::Sink& sink);

}  // namespace gantry::net
