#include "engine/net/socket_stream.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "engine/net/tls_session.hpp"

namespace gantry::net {
namespace {

using TlsState = TlsSession::State;

constexpr std::size_t sealed_at_once = 64u << 10;
constexpr milliseconds between_looks{50};

}  // namespace

// The peer of a TLS connection is told that nothing was cut off.
SocketStream::~SocketStream() {
    if (connection_.fd && connection_.tls) finish();
}

std::size_t SocketStream::replay(char* into, std::size_t most) {
    const auto size = std::min(most, replay_.size() - replayed_);
    std::memcpy(into, replay_.data() + replayed_, size);
    replayed_ += size;
    return size;
}

Result<std::size_t> SocketStream::read(char* into, std::size_t most, milliseconds wait) {
    if (replayed_ < replay_.size()) return replay(into, most);
    const auto deadline = now() + wait;
    if (connection_.tls) return read_tls(into, most, deadline);
    for (;;) {
        const ssize_t got = ::recv(descriptor(), into, most, MSG_DONTWAIT);
        if (got >= 0) return static_cast<std::size_t>(got);
        if (!would_block(errno)) return Error{ErrorCode::net_closed, {}, {}};
        if (!wait_for(descriptor(), POLLIN, deadline)) return Error{ErrorCode::net_timeout, {}, {}};
    }
}

Result<std::size_t> SocketStream::read_tls(char* into, std::size_t most, TimePoint deadline) {
    while (replayed_ == replay_.size()) {
        const auto more = take_more(deadline);
        if (!more) return more.error();
        if (!*more) return std::size_t{0};
    }
    return replay(into, most);
}

// Takes in what arrives next of TLS. False: the peer has said that it sends no more.
Result<bool> SocketStream::take_more(TimePoint deadline) {
    auto& tls = *connection_.tls;
    if (tls.state() == TlsState::failed) return closed();
    if (tls.state() == TlsState::closed) return false;
    std::array<char, 16384> piece;
    const ssize_t got = ::recv(descriptor(), piece.data(), piece.size(), MSG_DONTWAIT);
    // An end that TLS did not announce may have been cut off by anybody (RFC 8446 6.1).
    if (got == 0 || (got < 0 && !would_block(errno))) return Error{ErrorCode::net_closed, {}, {}};
    if (got < 0) {
        if (!wait_for(descriptor(), POLLIN, deadline)) return Error{ErrorCode::net_timeout, {}, {}};
        return true;
    }
    replay_.erase(0, replayed_);
    replayed_ = 0;
    const auto state = tls.receive({piece.data(), static_cast<std::size_t>(got)}, replay_);
    if (auto sent = put(tls.take_output(), deadline); !sent && state != TlsState::failed) return sent.error();
    if (!replay_.empty()) return true;
    if (state == TlsState::failed) return closed();
    return state != TlsState::closed;
}

Error SocketStream::closed() const {
    const auto& failure = connection_.tls->failure();
    const auto code = failure.turned_away ? ErrorCode::net_refused : ErrorCode::net_closed;
    return {code, peer().text() + ", " + failure.text(), {}};
}

Result<void> SocketStream::write(const char* from, std::size_t size, milliseconds wait) {
    const auto deadline = now() + wait;
    if (!connection_.tls) return put({from, size}, deadline);
    for (std::string_view rest(from, size); !rest.empty();) {
        const auto part = rest.substr(0, sealed_at_once);
        connection_.tls->send(part);
        if (auto sent = put(connection_.tls->take_output(), deadline); !sent) return sent;
        rest.remove_prefix(part.size());
    }
    return {};
}

Result<void> SocketStream::put(std::string_view bytes, TimePoint deadline) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && !would_block(errno)) return Error{ErrorCode::net_closed, {}, {}};
        if (sent >= 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
        // Also after progress: a peer that takes one byte at a time must not stretch the deadline.
        if (!bytes.empty() && !wait_for(descriptor(), POLLOUT, deadline)) return Error{ErrorCode::net_timeout, {}, {}};
        if (!bytes.empty() && now() > deadline) return Error{ErrorCode::net_timeout, {}, {}};
    }
    return {};
}

bool SocketStream::readable(milliseconds wait) {
    if (replayed_ < replay_.size()) return true;
    const auto deadline = now() + wait;
    if (!connection_.tls) return wait_for(descriptor(), POLLIN, deadline);
    // Bytes of TLS may say nothing yet.
    for (;;) {
        const auto more = take_more(deadline);
        if (!more) return more.error().code != ErrorCode::net_timeout;
        if (!*more || replayed_ < replay_.size()) return true;
    }
}

void SocketStream::shut_down() noexcept {
    ::shutdown(descriptor(), SHUT_RDWR);
}

void SocketStream::unread(std::string_view bytes) {
    replay_.erase(0, replayed_);
    replayed_ = 0;
    replay_.insert(0, bytes);
}

void SocketStream::finish() {
    if (finished_) return;
    finished_ = true;
    if (!connection_.tls) return;
    connection_.tls->close();
    (void)put(connection_.tls->take_output(), now());
}

bool SocketStream::gather(milliseconds wait) {
    if (connection_.tls) return readable(wait) && replayed_ < replay_.size();
    if (!wait_for(descriptor(), POLLIN, now() + wait)) return false;
    std::array<char, 16384> piece;
    const ssize_t got = ::recv(descriptor(), piece.data(), piece.size(), MSG_DONTWAIT);
    if (got <= 0) return false;
    replay_.erase(0, replayed_);
    replayed_ = 0;
    replay_.append(piece.data(), static_cast<std::size_t>(got));
    return true;
}

Result<void> SocketStream::shake_hands(std::unique_ptr<TlsSession> session, TimePoint deadline,
                                       const std::stop_token& stop) {
    connection_.tls = std::move(session);
    const auto& tls = *connection_.tls;
    const auto began = now();
    // Not sent: what follows finds out why.
    (void)put(connection_.tls->take_output(), deadline);
    while (tls.state() == TlsState::handshaking) {
        if (now() >= deadline) return Error{ErrorCode::net_timeout, peer().text() + ", no TLS handshake", {}};
        if (auto looked = look(deadline, stop); !looked) return looked;
    }
    // A server of TLS 1.3 that does not like our certificate says so after the handshake, within about the time that
    // one round took. Once something was sent it would have to be told from a message that was lost.
    const auto settled = std::min(deadline, now() + 2 * (now() - began));
    while (tls.may_be_turned_away() && tls.state() == TlsState::established && now() < settled)
        if (auto looked = look(settled, stop); !looked) return looked;
    return {};
}

// Takes in what comes of a handshake within a moment.
Result<void> SocketStream::look(TimePoint deadline, const std::stop_token& stop) {
    if (stop.stop_requested()) return Error{ErrorCode::net_closed, {}, {}};
    const auto more = take_more(std::min(deadline, now() + between_looks));
    const auto refused = [&](const std::string& why) {
        return Error{ErrorCode::net_refused, peer().text() + ", " + why, {}};
    };
    if (connection_.tls->state() == TlsState::failed) return refused(connection_.tls->failure().text());
    if ((!more && more.error().code == ErrorCode::net_closed) || (more && !*more))
        return refused("it closed the connection at the TLS handshake");
    return {};
}

}  // namespace gantry::net
