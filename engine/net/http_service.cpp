#include <algorithm>
#include <atomic>

#include "engine/net/events.hpp"
#include "engine/net/http_body.hpp"
#include "engine/net/http_compression.hpp"
#include "engine/net/http_head.hpp"

namespace gantry::net {
namespace {

using Verdict = Greeting::Verdict;
using Stream = std::unique_ptr<ReplayStream>;

// A body up to here arrives in the lobby, where a slow one costs no thread.
constexpr std::size_t lobby_body = 256u << 10;
constexpr milliseconds linger{5};

// What the engine cannot answer because nobody is there to hear it.
bool is_gone(const Error& error) {
    return error.code == ErrorCode::net_closed;
}

class HttpService {
  public:
    HttpService(ConfigName name, HttpOptions options, HttpRouter router, events::Sink& sink)
        : name_(std::move(name)), options_(options), router_(std::move(router)), sink_(sink) {}

    Greeting greet(std::string_view bytes, std::size_t seen) const;
    std::string part(Parting why) const;
    Stream serve(Stream stream) const;

  private:
    Result<HttpHead> receive(ReplayStream& stream) const;
    Result<std::string> body(HttpInput& input, const HttpHead& head, ReplayStream& stream) const;
    HttpResponse answer(HttpRequest& request) const;

    const ConfigName name_;
    const HttpOptions options_;
    const HttpRouter router_;
    events::Sink& sink_;
    mutable std::atomic<std::size_t> slow_bodies_ = 0;  // threads that wait for a body
};

// Counts while it lives.
class Counted {
  public:
    explicit Counted(std::atomic<std::size_t>& count) : count_(count), before_(count++) {}
    ~Counted() { --count_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    std::size_t before() const { return before_; }

  private:
    std::atomic<std::size_t>& count_;
    const std::size_t before_;
};

Greeting HttpService::greet(std::string_view bytes, std::size_t seen) const {
    // A method starts with a letter; TLS and other protocols on the wrong port do not.
    if (bytes.front() < 'A' || bytes.front() > 'z') return {Verdict::refuse};
    const auto end = http_head_end(bytes, seen);
    if (std::min(end, bytes.size()) > options_.max_head) return {Verdict::too_large};
    if (end == bytes.npos) return {Verdict::need_more};
    const auto head = parse_http_head(bytes.substr(0, end));
    if (!head || head->expects_continue || head->content_length > std::min<std::size_t>(lobby_body, options_.max_body))
        return {Verdict::complete};
    return {Verdict::complete, end + std::size_t(head->content_length)};
}

std::string HttpService::part(Parting why) const {
    const auto error = [](ErrorCode code) { return http_error({code, {}, {}}); };
    HttpResponse response;
    switch (why) {
        case Parting::busy:
            response = error(ErrorCode::overloaded);
            response.headers.emplace_back("Retry-After", "1");
            break;
        case Parting::too_large:
            response = error(ErrorCode::http_head_too_large);
            break;
        case Parting::too_slow:
            response = error(ErrorCode::http_too_slow);
            break;
        case Parting::refused:
            response = error(ErrorCode::http_bad_request);
            break;
        case Parting::plain_text:
            response = http_error({ErrorCode::http_bad_request, "this port speaks TLS: use https", {}});
            break;
    }
    return write_http_response(response, false, false);
}

// Bodies that are not there yet may hold half of the threads: the other half is for requests that are complete.
Result<std::string> HttpService::body(HttpInput& input, const HttpHead& head, ReplayStream& stream) const {
    if (head.content_length > options_.max_body) return Error{ErrorCode::net_too_large, {}, {}};
    const auto size = std::size_t(head.content_length);
    if (!head.chunked && input.has(size)) return input.exactly(size);
    const Counted slow(slow_bodies_);
    if (slow.before() >= (options_.max_threads + 1) / 2) return Error{ErrorCode::overloaded, {}, {}};
    if (head.expects_continue) {
        constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        const auto sent = stream.write(go_on.data(), go_on.size(), options_.write_timeout);
        if (!sent) return sent.error();
    }
    return head.chunked ? input.chunked(options_.max_body) : input.exactly(size);
}

Result<HttpHead> HttpService::receive(ReplayStream& stream) const {
    HttpInput input(stream, now() + options_.request_timeout);
    const auto text = input.head(options_.max_head);
    if (!text) return text.error();
    auto head = parse_http_head(*text);
    if (!head) return head;
    auto content = body(input, *head, stream);
    if (!content && content.error().code == ErrorCode::net_timeout) return Error{ErrorCode::http_too_slow, {}, {}};
    if (!content) return content.error();
    head->request.body = std::move(*content);
    head->request.peer = stream.peer();
    head->request.loopback = stream.loopback();
    return head;
}

HttpResponse HttpService::answer(HttpRequest& request) const {
    try {
        auto response = router_.answer(request);
        compress(request, response);
        return response;
    } catch (...) {
        emit(sink_, HandlerFailed{name_, request.peer});
        return http_error({ErrorCode::internal, {}, {}});
    }
}

// One request. A request that could not be read leaves the connection in an unknown place, so it ends there.
Stream HttpService::serve(Stream stream) const {
    auto head = receive(*stream);
    if (!head && is_gone(head.error())) return nullptr;
    const bool keep = head.ok() && head->keep_alive;
    const bool head_only = head.ok() && head->request.method == "HEAD";
    const auto response = head ? answer(head->request) : http_error(head.error());
    const auto bytes = write_http_response(response, keep, head_only);
    if (!stream->write(bytes.data(), bytes.size(), options_.write_timeout)) return nullptr;
    if (!keep) stream->finish();
    return stream;
}

DetachedOptions detached_options(const HttpOptions& options) {
    DetachedOptions detached;
    detached.max_unit = options.max_head + lobby_body;
    detached.unit_timeout = options.head_timeout;
    detached.idle_timeout = options.keep_alive;
    detached.linger = linger;
    detached.max_threads = options.max_threads;
    return detached;
}

DetachedService detached_service(const ConfigName& name, const HttpOptions& options, HttpRouter router,
                                 events::Sink& sink) {
    const auto service = std::make_shared<const HttpService>(name, options, std::move(router), sink);
    return {[service](std::string_view bytes, std::size_t seen) { return service->greet(bytes, seen); },
            [service](Stream stream) { return service->serve(std::move(stream)); },
            [service](Parting why) { return service->part(why); }};
}

}  // namespace

Result<PortId> add_http_port(Lobby& lobby, const PortOptions& port, const HttpOptions& options, HttpRouter router,
                             events::Sink& sink) {
    auto service = detached_service(port.name, options, std::move(router), sink);
    return lobby.add_port(port, detached_options(options), std::move(service));
}

void replace_http_port(Lobby& lobby, PortId port, const PortOptions& limits, const HttpOptions& options,
                       HttpRouter router, events::Sink& sink) {
    auto service = detached_service(limits.name, options, std::move(router), sink);
    lobby.replace_port(port, limits, detached_options(options), std::move(service));
}

}  // namespace gantry::net
