#include "engine/net/stream_connection.hpp"

#include <sys/epoll.h>

#include <cerrno>
#include <exception>

#include "engine/net/events.hpp"
#include "engine/net/tls_session.hpp"

namespace gantry::net {
namespace {

constexpr milliseconds linger_time{1000};

// What TLS holds back of a record comes with the next bytes; together they are no more than on_data is promised.
constexpr std::size_t most_of_tls = 47u << 10;

constexpr events::Literal unread = "it does not read its answers";
constexpr events::Literal unfinished = "a message was not finished in time";
constexpr events::Literal idle = "it was idle";
constexpr events::Literal speaks_tls = "it speaks TLS, and this port does not";
constexpr events::Literal broken_tls = "its TLS broke";

// RFC 8446 5.1; no protocol of plain text begins so.
bool begins_tls(std::string_view bytes) {
    return bytes.starts_with("\x16\x03");
}

}  // namespace

void StreamConnection::open(std::shared_ptr<const StreamPort> port, Accepted accepted) {
    const auto self = std::make_shared<StreamConnection>(std::move(port), std::move(accepted));
    self->id_ = self->port_->loop.add(self->accepted_.fd.get(), self->interest_, self);
    if (self->id_ == 0) return;
    try {
        self->handler_ = self->port_->factory(self);
    } catch (...) {
        emit(self->port_->sink, HandlerFailed{self->port_->name, self->peer_});
    }
    if (!self->handler_) return self->teardown(std::nullopt);
    if (self->accepted_.tls) self->begin(std::exchange(self->accepted_.early, {}));
}

// What came with the handshake.
void StreamConnection::begin(const std::string& early) {
    try {
        if (!early.empty()) handler_->on_data(early);
        if (accepted_.tls->state() == TlsSession::State::closed) end_input(true);
    } catch (...) {
        kill();
    }
}

StreamConnection::StreamConnection(std::shared_ptr<const StreamPort> port, Accepted accepted)
    : port_(std::move(port)),
      peer_(accepted.peer),
      loopback_(accepted.loopback),
      accepted_(std::move(accepted)),
      interest_(EPOLLIN),
      last_activity_(now()) {}

bool StreamConnection::send(std::string bytes) {
    const std::lock_guard lock(mutex_);
    if (state_ != State::open) return false;
    last_activity_ = now();
    if (accepted_.tls) {
        accepted_.tls->send(bytes);
        bytes = accepted_.tls->take_output();
    }
    queue(std::move(bytes));
    // Nothing else is waiting: most answers leave here, without the loop.
    if (output_.size() == 1 && !write_front()) return false;
    if (output_size_ > port_->options.max_output) {
        abandon(unread);
        return false;
    }
    update_interest();
    return true;
}

void StreamConnection::queue(std::string bytes) {
    output_size_ += bytes.size();
    output_.push_back({std::move(bytes), now()});
}

// What TLS itself has to say, if anything. False: the connection is lost.
bool StreamConnection::write_tls() {
    auto bytes = accepted_.tls->take_output();
    if (bytes.empty()) return true;
    queue(std::move(bytes));
    if (output_size_ > port_->options.max_output) {
        abandon(unread);
        return false;
    }
    update_interest();
    return true;
}

// Writes what the kernel takes of the first chunk. False: the connection is lost.
bool StreamConnection::write_front() {
    const auto& chunk = output_.front().bytes;
    const ssize_t sent =
        ::send(accepted_.fd.get(), chunk.data() + front_sent_, chunk.size() - front_sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && !would_block(errno)) {
        abandon(std::nullopt);
        return false;
    }
    if (sent > 0) {
        front_sent_ += static_cast<std::size_t>(sent);
        output_size_ -= static_cast<std::size_t>(sent);
    }
    if (front_sent_ == chunk.size()) {
        output_.pop_front();
        front_sent_ = 0;
    }
    return true;
}

void StreamConnection::close() {
    const std::lock_guard lock(mutex_);
    if (state_ != State::open) return;
    state_ = State::closing;
    if (accepted_.tls) {
        accepted_.tls->close();
        if (!write_tls()) return;
    }
    if (output_.empty()) linger();
    update_interest();
}

void StreamConnection::linger() {
    state_ = State::lingering;
    linger_until_ = now() + linger_time;
    ::shutdown(accepted_.fd.get(), SHUT_WR);
}

void StreamConnection::pause_reading() {
    const std::lock_guard lock(mutex_);
    resuming_ = false;
    if (paused_ || state_ != State::open) return;
    paused_ = true;
    paused_at_ = now();
    update_interest();
}

void StreamConnection::resume_reading() {
    const std::lock_guard lock(mutex_);
    if (!paused_ || resuming_ || state_ != State::open) return;
    resuming_ = true;
    port_->loop.post([self = shared_from_this()] { self->resume(); });
}

void StreamConnection::resume() {
    {
        const std::lock_guard lock(mutex_);
        if (!resuming_ || state_ != State::open) return;
        resuming_ = paused_ = false;
        last_activity_ = now();
        if (unit_deadline_) *unit_deadline_ += last_activity_ - paused_at_;
        update_interest();
    }
    try {
        handler_->on_resume();
    } catch (...) {
        kill();
    }
}

void StreamConnection::begin_unit() {
    const std::lock_guard lock(mutex_);
    if (!unit_deadline_ && !input_over_) unit_deadline_ = now() + port_->options.unit_timeout;
}

void StreamConnection::end_unit() {
    const std::lock_guard lock(mutex_);
    unit_deadline_.reset();
}

void StreamConnection::on_ready(std::uint32_t epoll_events) {
    if (epoll_events & EPOLLOUT) flush();
    if (epoll_events & EPOLLERR) return teardown(std::nullopt);
    if (epoll_events & (EPOLLIN | EPOLLHUP)) receive((epoll_events & EPOLLHUP) != 0);
}

void StreamConnection::flush() {
    const std::lock_guard lock(mutex_);
    while (!output_.empty()) {
        const auto before = output_.size();
        if ((state_ != State::open && state_ != State::closing) || !write_front()) return;
        if (output_.size() == before) break;
    }
    last_activity_ = now();
    if (output_.empty() && state_ == State::closing) linger();
    update_interest();
}

bool StreamConnection::reading() const {
    if (state_ == State::lingering) return !peer_done_;
    return state_ == State::open && !paused_ && !input_over_;
}

void StreamConnection::receive(bool hung_up) {
    auto buffer = port_->loop.scratch();
    if (accepted_.tls) buffer = buffer.first(most_of_tls);
    bool discard = false;
    ssize_t got = -1;
    {
        const std::lock_guard lock(mutex_);
        discard = state_ == State::lingering;
        if (reading()) {
            got = ::recv(accepted_.fd.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (got < 0 && would_block(errno) && !hung_up) return;
            if (got > 0 && !discard) last_activity_ = now();
        } else if (!hung_up) {
            return;
        }
    }
    // Hung up without input to read: both directions are shut, nothing can be delivered any more.
    if (got < 0 || (got == 0 && discard)) return teardown(std::nullopt);
    if (got == 0) return end_input(true);
    take({buffer.data(), static_cast<std::size_t>(got)}, discard);
}

void StreamConnection::take(std::string_view bytes, bool discard) {
    if (!accepted_.tls) {
        if (!std::exchange(began_, true) && begins_tls(bytes)) return teardown(speaks_tls);
        if (!discard) handler_->on_data(bytes);
        return;
    }
    std::string plain;
    auto state = TlsSession::State::failed;
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::broken || state_ == State::closed) return;
        state = accepted_.tls->receive(bytes, plain);
        if (state_ == State::open && !write_tls()) return;
    }
    if (!discard && !plain.empty()) handler_->on_data(plain);
    if (state == TlsSession::State::failed) return teardown(broken_tls);
    if (state == TlsSession::State::closed) end_input(true);
}

void StreamConnection::end_input(bool by_peer) {
    {
        const std::lock_guard lock(mutex_);
        peer_done_ = peer_done_ || by_peer;
        if (std::exchange(input_over_, true)) return;
        unit_deadline_.reset();
        update_interest();
    }
    if (handler_->on_end_of_input()) close();
}

// Never asks for a hang-up only: EPOLLHUP and EPOLLERR are always reported.
void StreamConnection::update_interest() {
    std::uint32_t wanted = 0;
    if (reading()) wanted |= EPOLLIN;
    if (!output_.empty()) wanted |= EPOLLOUT;
    if (wanted == interest_ || state_ == State::closed) return;
    interest_ = wanted;
    port_->loop.change(id_, accepted_.fd.get(), wanted);
}

// Shutting down makes the kernel report EPOLLHUP, on which the loop closes.
void StreamConnection::abandon(std::optional<events::Literal> why) {
    state_ = State::broken;
    broken_why_ = why;
    output_.clear();
    update_interest();
    ::shutdown(accepted_.fd.get(), SHUT_RDWR);
}

std::optional<events::Literal> StreamConnection::overdue(TimePoint at) const {
    const auto& options = port_->options;
    if (!output_.empty() && at > output_.front().queued + options.write_timeout) return unread;
    if (state_ != State::open || paused_) return std::nullopt;
    if (unit_deadline_) return at > *unit_deadline_ ? std::optional(unfinished) : std::nullopt;
    const bool counted = options.idle_timeout.count() > 0 && output_.empty();
    return counted && at > last_activity_ + options.idle_timeout ? std::optional(idle) : std::nullopt;
}

void StreamConnection::on_tick(TimePoint at) {
    if (*port_->over) end_input(false);
    std::optional<events::Literal> why;
    {
        const std::lock_guard lock(mutex_);
        why = overdue(at);
        const bool over = state_ == State::broken || (state_ == State::lingering && at > linger_until_);
        if (!why && !over) return;
    }
    teardown(why);
}

void StreamConnection::drain() {
    end_input(false);
}

void StreamConnection::kill() noexcept {
    if (std::current_exception()) emit(port_->sink, HandlerFailed{port_->name, peer_});
    teardown(std::nullopt);
}

void StreamConnection::teardown(std::optional<events::Literal> why) {
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::closed) return;
        if (!why) why = broken_why_;
        state_ = State::closed;
        output_.clear();
        port_->loop.remove(id_, accepted_.fd.get());
    }
    if (why) emit(port_->sink, PeerCut{port_->name, peer_, *why});
    if (handler_) {
        try {
            handler_->on_close();
        } catch (...) {
            emit(port_->sink, HandlerFailed{port_->name, peer_});
        }
        handler_.reset();
    }
    const std::lock_guard lock(mutex_);
    accepted_.ticket.release();
    accepted_.fd.reset();
}

}  // namespace gantry::net
