// Outgoing HTTP/1.1 to one server, one request at a time over a connection that is opened when it is needed and kept
// (RFC 9112 9). For callers to whom it matters whether a request may have arrived: a request is never sent twice here.
//
// Before a request is sent the connection is looked at: closed by the server, unused for `idle`, or holding bytes that
// nobody asked for, it is replaced; nothing was sent yet. Redirects are not followed. Every step has a deadline,
// whatever and however slowly the server sends.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "engine/net/http_response_reader.hpp"
#include "engine/net/http_url.hpp"
#include "engine/net/socket.hpp"
#include "engine/net/tls.hpp"

namespace gantry::net {

struct HttpCallerOptions {
    milliseconds connect_timeout{10'000};
    milliseconds send_timeout{30'000};   // for the server to take the request in
    milliseconds reply_timeout{30'000};  // from then to the end of the response
    bool keep = true;
    milliseconds idle{2'000};  // a kept connection that was not used for so long is replaced
    HttpResponseReader::Limits limits;
    std::shared_ptr<TlsClient> tls{};  // for https; none: without it
};

using HttpFields = std::vector<std::pair<std::string, std::string>>;

// Host, Content-Length and Connection are added. fields: names that are tokens, values without control characters.
std::string write_http_request(const HttpUrl& url, const std::string& method, const HttpFields& fields,
                               std::string_view body, bool keep);

// What became of one request.
struct HttpCall {
    enum class End : std::uint8_t {
        away,        // nobody took the connection, or not without being asked: nothing was sent
        unanswered,  // it may have arrived; no whole response came
        answered     // `response`; without its body when it was too large
    };
    End end = End::away;
    std::string why;    // of away and unanswered, for people
    bool sent = false;  // the server took the request in as a whole; false with answered: it answered before
    HttpResponse response;
    bool too_large = false;
    bool measured = true;  // the response said how long it is
};

// One thread, but for interrupt().
class HttpCaller {
  public:
    HttpCaller(HttpUrl url, const HttpCallerOptions& options);
    ~HttpCaller();

    // request: as write_http_request() makes it. Blocks for the three time-outs at most, and for the resolver.
    HttpCall call(const std::string& request);
    // Ends what call() is waiting for; of the next one, when there is none: so that one about to begin is not missed.
    // Any thread. A name that is being resolved is waited for.
    void interrupt();
    // Gives up the kept connection, and whatever may still come on it. Not during a call().
    void close();

  private:
    struct Session;
    std::optional<std::string> make_ready();
    std::optional<std::string> open();
    HttpCall exchange(const std::string& request);
    HttpCall receive(bool sent);
    std::stop_token stop_token();
    bool is_stopped();
    void forget_interrupt();

    const HttpUrl url_;
    const HttpCallerOptions options_;
    std::mutex mutex_;  // of what interrupt() uses: exchanging session_, and stop_
    std::unique_ptr<Session> session_;
    std::stop_source stop_;
};

}  // namespace gantry::net
