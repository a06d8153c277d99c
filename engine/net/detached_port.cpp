#include "engine/net/detached_port.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>

#include "engine/net/events.hpp"
#include "engine/net/tls_session.hpp"

namespace gantry::net {
namespace {

using Verdict = Greeting::Verdict;

constexpr milliseconds discard_time{1000};

}  // namespace

// A connection in the loop that has not yet said something complete; or one that only waits for the peer to have read
// our last words.
class DetachedPort::Greeted final : public Watched {
  public:
    static void enter(std::shared_ptr<DetachedPort> port, Accepted accepted, std::string bytes, bool again,
                      bool finished);

    Greeted(std::shared_ptr<DetachedPort> port, Accepted accepted, std::string bytes)
        : port_(std::move(port)), accepted_(std::move(accepted)), bytes_(std::move(bytes)) {}

    void on_ready(std::uint32_t epoll_events) override;
    void on_tick(TimePoint at) override;
    void drain() override { leave(); }
    void kill() noexcept override { leave(); }

  private:
    bool receive();
    bool take(std::string_view bytes);
    void say(std::string last_words);
    void judge();
    void hand_over();
    void part(Parting why);
    void discard();
    void leave() noexcept;
    int fd() const { return accepted_.fd.get(); }

    std::shared_ptr<DetachedPort> port_;
    Accepted accepted_;
    std::string bytes_;
    std::size_t seen_ = 0, need_ = 1;
    std::uint64_t id_ = 0;
    bool complete_ = false;  // as soon as there are need_ bytes
    bool discarding_ = false;
    TimePoint deadline_;
};

void DetachedPort::Greeted::enter(std::shared_ptr<DetachedPort> port, Accepted accepted, std::string bytes, bool again,
                                  bool finished) {
    if (port->loop_.draining() && !finished) return;
    auto& loop = port->loop_;
    const auto& options = port->options_;
    const auto self = std::make_shared<Greeted>(std::move(port), std::move(accepted), std::move(bytes));
    const bool idle = again && self->bytes_.empty();
    self->deadline_ = now() + (idle ? options.idle_timeout : options.unit_timeout);
    self->id_ = loop.add(self->fd(), EPOLLIN, self);
    if (self->id_ == 0) return;
    if (finished) return self->discard();
    if (!self->bytes_.empty()) self->judge();
}

void DetachedPort::Greeted::on_ready(std::uint32_t epoll_events) {
    const bool was_idle = bytes_.empty();
    if (!receive() || (epoll_events & EPOLLERR) != 0) return leave();
    if (discarding_ || bytes_.empty()) return;
    if (was_idle) deadline_ = now() + port_->options_.unit_timeout;
    if (bytes_.size() < need_) return;
    complete_ ? hand_over() : judge();
}

// False: the peer closed before it was complete, or is lost.
bool DetachedPort::Greeted::receive() {
    const auto buffer = port_->loop_.scratch();
    const ssize_t got = ::recv(fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0) return would_block(errno);
    if (got > 0 && !discarding_) return take({buffer.data(), static_cast<std::size_t>(got)});
    return got > 0;
}

// What TLS has to say by itself is short; a peer that does not take it is none.
bool DetachedPort::Greeted::take(std::string_view bytes) {
    if (!accepted_.tls) {
        bytes_.append(bytes);
        return true;
    }
    const auto state = accepted_.tls->receive(bytes, bytes_);
    if (const auto own = accepted_.tls->take_output(); !own.empty())
        if (::send(fd(), own.data(), own.size(), MSG_NOSIGNAL | MSG_DONTWAIT) != std::ssize(own)) return false;
    // A request may come together with the end of what the peer sends, and is answered all the same.
    return state == TlsSession::State::established || (state == TlsSession::State::closed && !bytes_.empty());
}

void DetachedPort::Greeted::say(std::string last_words) {
    if (accepted_.tls && accepted_.tls->state() != TlsSession::State::failed) {
        accepted_.tls->send(last_words);
        accepted_.tls->close();
        last_words = accepted_.tls->take_output();
    }
    ::send(fd(), last_words.data(), last_words.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void DetachedPort::Greeted::judge() {
    const auto greeting = port_->service_.greet(bytes_, seen_);
    seen_ = bytes_.size();
    complete_ = greeting.verdict == Verdict::complete;
    need_ = complete_ ? greeting.need : std::max(greeting.need, seen_ + 1);
    if (greeting.verdict == Verdict::refuse) return part(Parting::refused);
    if (greeting.verdict == Verdict::too_large || need_ > port_->options_.max_unit) return part(Parting::too_large);
    if (complete_ && seen_ >= need_) hand_over();
}

void DetachedPort::Greeted::hand_over() {
    auto& loop = port_->loop_;
    loop.remove(id_, fd());
    auto stream = std::make_unique<SocketStream>(std::move(accepted_), std::move(bytes_));
    if (port_->threads_.submit(stream)) return;
    emit(port_->sink_, PeerTurnedAway{port_->name_, stream->peer(), true});
    const auto last_words = port_->service_.part(Parting::busy);
    (void)stream->write(last_words.data(), last_words.size(), milliseconds(0));
    stream->finish();
    enter(port_, stream->release(), {}, false, true);
}

void DetachedPort::Greeted::part(Parting why) {
    if (why == Parting::refused) accepted_.ticket.count_refusal();
    say(port_->service_.part(why));
    discard();
}

void DetachedPort::Greeted::discard() {
    ::shutdown(fd(), SHUT_WR);
    discarding_ = true;
    bytes_ = {};
    deadline_ = now() + discard_time;
}

void DetachedPort::Greeted::on_tick(TimePoint at) {
    if (at <= deadline_) return;
    if (discarding_ || bytes_.empty()) return leave();
    emit(port_->sink_, PeerCut{port_->name_, accepted_.peer, "its request was not complete in time"});
    part(Parting::too_slow);
}

void DetachedPort::Greeted::leave() noexcept {
    if (!accepted_.fd) return;
    port_->loop_.remove(id_, fd());
    accepted_.ticket.release();
    accepted_.fd.reset();
}

DetachedPort::DetachedPort(Loop& loop, events::Sink& sink, ConfigName name, DetachedOptions options,
                           DetachedService service)
    : loop_(loop),
      sink_(sink),
      name_(std::move(name)),
      options_(options),
      service_(std::move(service)),
      threads_(options_.max_threads, [this](Stream stream) { work(std::move(stream)); }) {}

void DetachedPort::welcome(Accepted accepted) {
    auto early = std::exchange(accepted.early, {});
    Greeted::enter(shared_from_this(), std::move(accepted), std::move(early), false, false);
}

void DetachedPort::work(Stream stream) noexcept {
    const auto peer = stream->peer();
    try {
        do {
            stream = serve_once(std::move(stream));
        } while (stream && next_unit_is_here(*stream));
        if (stream) take_back(std::move(stream));
    } catch (...) {
        emit(sink_, HandlerFailed{name_, peer});
    }
}

// Only the stream that was given can come back; anything else is destroyed, which closes it.
DetachedPort::Stream DetachedPort::serve_once(Stream stream) {
    auto back = service_.serve(std::move(stream));
    auto* ours = dynamic_cast<SocketStream*>(back.get());
    if (ours == nullptr) return nullptr;
    static_cast<void>(back.release());
    return Stream(ours);
}

// Saves the way through the loop for a peer that sends the next unit at once, without letting a slow one keep the
// thread: at most one short wait, for one piece.
bool DetachedPort::next_unit_is_here(SocketStream& stream) {
    if (stream.finished() || loop_.draining()) return false;
    const auto complete = [&] {
        const auto bytes = stream.buffered();
        if (bytes.empty()) return false;
        const auto greeting = service_.greet(bytes, 0);
        return greeting.verdict == Verdict::complete && bytes.size() >= greeting.need;
    };
    if (complete()) return true;
    const auto wait = threads_.crowded() ? milliseconds(0) : options_.linger;
    return stream.gather(wait) && complete();
}

void DetachedPort::take_back(Stream stream) {
    std::string bytes(stream->buffered());
    const bool finished = stream->finished();
    auto held = std::make_shared<Accepted>(stream->release());
    loop_.post([self = shared_from_this(), held, bytes = std::move(bytes), finished] {
        Greeted::enter(self, std::move(*held), bytes, true, finished);
    });
}

}  // namespace gantry::net
