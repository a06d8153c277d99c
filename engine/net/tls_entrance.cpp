#include "engine/net/tls_entrance.hpp"

#include <sys/epoll.h>

#include <cerrno>

#include "engine/net/events.hpp"
#include "engine/net/tls_failure.hpp"
#include "engine/net/tls_session.hpp"

namespace gantry::net {
namespace {

constexpr std::size_t piece = 16u << 10;
// A chain of certificates is some 10 KiB; what a peer sends behind its handshake comes with the last piece.
constexpr std::size_t largest_handshake = 64u << 10;
constexpr milliseconds parting_time{1000};

}  // namespace

void TlsEntrance::enter(std::shared_ptr<const TlsPort> port, Accepted accepted) {
    const auto self = std::make_shared<TlsEntrance>(std::move(port), std::move(accepted));
    self->deadline_ = now() + self->port_->server->handshake_timeout();
    self->watch();
}

TlsEntrance::TlsEntrance(std::shared_ptr<const TlsPort> port, Accepted accepted)
    : port_(std::move(port)), accepted_(std::move(accepted)) {}

void TlsEntrance::watch() {
    if (port_->loop.draining()) return leave();
    id_ = port_->loop.add(fd(), EPOLLIN, shared_from_this());
    if (id_ == 0) leave();
}

void TlsEntrance::on_ready(std::uint32_t) {
    const auto buffer = port_->loop.scratch().first(piece);
    const auto got = ::recv(fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && would_block(errno)) return;
    if (got <= 0) return leave();
    if (!parting_) take({buffer.data(), static_cast<std::size_t>(got)});
}

// Out of the loop meanwhile, which would otherwise speak of nothing but the next bytes.
void TlsEntrance::take(std::string bytes) {
    taken_ += bytes.size();
    port_->loop.remove(id_, fd());
    port_->desk.post([self = shared_from_this(), bytes = std::move(bytes)] { self->work(bytes); });
}

void TlsEntrance::work(const std::string& bytes) noexcept {
    try {
        if (!accepted_.tls) accepted_.tls = port_->server->session();
        accepted_.tls->receive(bytes, accepted_.early);
        output_ = accepted_.tls->take_output();
        port_->loop.post([self = shared_from_this()] { self->proceed(); });
    } catch (...) {  // out of memory: the connection ends with the last who holds it
    }
}

void TlsEntrance::proceed() {
    using State = TlsSession::State;
    const auto state = accepted_.tls->state();
    if (state == State::failed) return refuse();
    if (!put_out()) return leave();
    if (state == State::established || (state == State::closed && !accepted_.early.empty())) {
        if (port_->loop.draining()) return leave();
        return port_->welcome(std::move(accepted_));
    }
    if (state == State::closed) return leave();
    if (taken_ > largest_handshake) return cut("its TLS handshake is too large");
    if (now() > deadline_) return cut("its TLS handshake was not complete in time");
    watch();
}

// A handshake fits into the buffer of a socket that nothing was sent on before.
bool TlsEntrance::put_out() {
    if (output_.empty()) return true;
    const auto sent = ::send(fd(), output_.data(), output_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    const bool all = sent == std::ssize(output_);
    output_.clear();
    return all;
}

void TlsEntrance::refuse() {
    const auto& failure = accepted_.tls->failure();
    emit(port_->sink, TlsRefused{port_->name, accepted_.peer, failure.why});
    accepted_.ticket.count_refusal();
    if (failure.why.text() == no_tls.text() && port_->to_plain_text) output_ = port_->to_plain_text();
    put_out();
    part();
}

void TlsEntrance::cut(events::Literal why) {
    emit(port_->sink, PeerCut{port_->name, accepted_.peer, why});
    leave();
}

// So that the peer hears why: a close with unread input would take the last bytes back.
void TlsEntrance::part() {
    ::shutdown(fd(), SHUT_WR);
    parting_ = true;
    deadline_ = now() + parting_time;
    watch();
}

void TlsEntrance::on_tick(TimePoint at) {
    if (at <= deadline_) return;
    // Who never sent a byte only looked whether the port is there.
    if (parting_ || taken_ == 0) return leave();
    cut("its TLS handshake was not complete in time");
}

void TlsEntrance::leave() noexcept {
    if (!accepted_.fd) return;
    if (id_ != 0) port_->loop.remove(id_, fd());
    accepted_.ticket.release();
    accepted_.fd.reset();
}

}  // namespace gantry::net
