#include "engine/net/http_caller.hpp"

#include <algorithm>
#include <array>

#include "engine/net/client.hpp"

namespace gantry::net {
namespace {

using End = HttpCall::End;
using State = HttpResponseReader::State;

constexpr const char* not_sent = "interrupted; nothing was sent";

HttpCall unanswered(const char* why, bool sent) {
    return {End::unanswered, why, sent, {}, false, true};
}

}  // namespace

std::string write_http_request(const HttpUrl& url, const std::string& method, const HttpFields& fields,
                               std::string_view body, bool keep) {
    std::string out = method + " " + url.target + " HTTP/1.1\r\nHost: " + url.authority + "\r\n";
    for (const auto& [name, value] : fields) out.append(name).append(": ").append(value).append("\r\n");
    if (!keep) out += "Connection: close\r\n";
    out += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    return out += body;
}

struct HttpCaller::Session {
    // Valid until the next call; empty: the server has closed.
    Result<std::string_view> read(milliseconds wait) {
        const auto got = stream->read(buffer.data(), buffer.size(), wait);
        if (!got) return got.error();
        return std::string_view(buffer.data(), *got);
    }

    std::unique_ptr<ByteStream> stream;
    TimePoint used = now();
    bool reusable = false;
    std::array<char, 16384> buffer{};
};

HttpCaller::HttpCaller(HttpUrl url, const HttpCallerOptions& options) : url_(std::move(url)), options_(options) {}

HttpCaller::~HttpCaller() = default;

HttpCall HttpCaller::call(const std::string& request) {
    auto why = make_ready();
    auto out = why ? HttpCall{End::away, std::move(*why), false, {}, false, true} : exchange(request);
    if (session_) session_->used = now();
    if (session_ && (!options_.keep || !session_->reusable || is_stopped())) close();
    forget_interrupt();
    return out;
}

void HttpCaller::interrupt() {
    const std::lock_guard lock(mutex_);
    stop_.request_stop();
    if (session_) session_->stream->shut_down();
}

std::stop_token HttpCaller::stop_token() {
    const std::lock_guard lock(mutex_);
    return stop_.get_token();
}

bool HttpCaller::is_stopped() {
    return stop_token().stop_requested();
}

void HttpCaller::forget_interrupt() {
    const std::lock_guard lock(mutex_);
    if (stop_.stop_requested()) stop_ = std::stop_source();
}

std::optional<std::string> HttpCaller::make_ready() {
    if (is_stopped()) return not_sent;
    if (session_ && (now() - session_->used >= options_.idle || session_->stream->readable(milliseconds(0)))) close();
    if (!session_) {
        if (auto why = open()) return why;
        if (session_->stream->readable(milliseconds(0))) {
            close();
            return is_stopped() ? not_sent : "the server closed the connection, or spoke before it was asked";
        }
    }
    if (is_stopped()) return not_sent;
    return std::nullopt;
}

std::optional<std::string> HttpCaller::open() {
    auto stream = connect(options_.tls.get(), url_.host, url_.port, options_.connect_timeout, stop_token());
    if (!stream) return stream.error().code == ErrorCode::net_closed ? not_sent : stream.error().text();
    auto session = std::make_unique<Session>();
    session->stream = std::move(*stream);
    const std::lock_guard lock(mutex_);
    session_ = std::move(session);
    return std::nullopt;
}

void HttpCaller::close() {
    const std::lock_guard lock(mutex_);
    session_.reset();
}

// A server may refuse a request before it has read it, and close: what it said is then there to be read.
HttpCall HttpCaller::exchange(const std::string& request) {
    session_->reusable = false;
    const bool sent = session_->stream->write(request.data(), request.size(), options_.send_timeout).ok();
    return receive(sent);
}

HttpCall HttpCaller::receive(bool sent) {
    HttpResponseReader reader(options_.limits);
    const auto deadline = now() + (sent ? options_.reply_timeout : milliseconds(0));
    const auto ended = [&](const char* why) {
        if (is_stopped()) return unanswered("the wait for the answer was interrupted here", sent);
        return unanswered(sent ? why : "the connection ended, or the server stopped reading, during the request", sent);
    };
    do {
        // Rounded up: the last wait must not be a fraction that is asked for again and again.
        const auto left = std::max(milliseconds(0), std::chrono::ceil<milliseconds>(deadline - now()));
        const auto got = session_->read(left);
        if (!got && got.error().code == ErrorCode::net_timeout) break;
        // A server that refuses our certificate has taken nothing in.
        if (!got && got.error().code == ErrorCode::net_refused)
            return {End::away, got.error().text(), false, {}, false, true};
        // An interrupt looks like an orderly end.
        if (!got || (got->empty() && is_stopped())) return ended("the connection broke before the answer was whole");
        if (got->empty())
            reader.end();
        else
            reader.feed(*got);
    } while (reader.state() == State::open && now() < deadline);
    if (reader.state() == State::open) return ended("no whole answer came in time");
    if (reader.state() == State::broken) return ended(reader.why());
    session_->reusable = sent && reader.reusable();
    return {End::answered, {}, sent, reader.response(), reader.state() == State::too_large, reader.measured()};
}

}  // namespace gantry::net
