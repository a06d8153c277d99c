// One end of TLS as a codec, apart from any socket: bytes of the peer go in, what they say and what is to be sent come
// out. Never blocks. A handshake costs about a millisecond of a processor, so it does not belong into an event loop.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/events.hpp"
#include "engine/net/tls_context.hpp"

struct ssl_st;
struct bio_st;
struct x509_store_ctx_st;

namespace gantry::net {

struct TlsFailure {
    events::Literal why = "the connection broke";
    std::string detail;  // more of it, for people: names in a certificate, what OpenSSL says. May be empty
    // The peer did not let this side in, so that it has taken nothing of what was sent.
    bool turned_away = false;

    std::string text() const;
};

// One thread at a time.
class TlsSession {
  public:
    enum class State : std::uint8_t {
        handshaking,
        established,
        closed,  // the peer has said that it sends no more
        failed   // take_output() may have an alert for the peer
    };

    static std::unique_ptr<TlsSession> server(const TlsContext& context);
    // name: that the server's certificate must have, a host name or an IP address. Its first output is there at once.
    static std::unique_ptr<TlsSession> client(const TlsContext& context, const std::string& name);
    ~TlsSession();
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    // Appends to `plain` everything these bytes complete; holds back less than a record (16 KiB) at most.
    State receive(std::string_view bytes, std::string& plain);
    // Precondition: established, or closed by the peer alone.
    void send(std::string_view plain);
    // Tells the peer that nothing more is sent (close_notify).
    void close();
    // What is to be sent to the peer now.
    std::string take_output();

    State state() const { return state_; }
    const TlsFailure& failure() const { return failure_; }
    // The handshake is over here, but the server has still to look at our certificate (TLS 1.3), and would say so only
    // if it did not like it.
    bool may_be_turned_away() const;

  private:
    TlsSession(const TlsContext& context, bool server);
    void shake_hands();
    void read(std::string& plain);
    void fail(int result);
    static int verified(int fine, x509_store_ctx_st* verification);

    TlsContext context_;
    std::unique_ptr<ssl_st, void (*)(ssl_st*)> ssl_;
    bio_st *in_, *out_;  // of ssl_
    State state_ = State::handshaking;
    TlsFailure failure_;
    bool began_ = false;           // something came
    bool asked_for_ours_ = false;  // the server wants a certificate
    bool heard_ = false;           // application data came
    std::string names_;            // of a certificate that is for another name
};

}  // namespace gantry::net
