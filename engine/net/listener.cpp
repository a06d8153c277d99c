#include "engine/net/listener.hpp"

#include <fcntl.h>
#include <sys/epoll.h>

#include <cerrno>
#include <exception>

#include "engine/net/events.hpp"

namespace gantry::net {
namespace {

constexpr int accepts_per_round = 64;  // so that a flood on one port does not starve the connections of the others

Fd open_reserve() {
    return Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

}  // namespace

Listener::Listener(Loop& loop, events::Sink& sink, ConfigName name, Fd socket, std::shared_ptr<Admission> admission,
                   Welcome welcome)
    : loop_(loop),
      sink_(sink),
      name_(std::move(name)),
      socket_(std::move(socket)),
      reserve_(open_reserve()),
      admission_(std::move(admission)),
      welcome_(std::move(welcome)) {}

void Listener::enter(const std::shared_ptr<Listener>& self) {
    if (!self->socket_) return;
    if (self->loop_.draining()) return self->close();
    self->id_ = self->loop_.add(self->socket_.get(), EPOLLIN, self);
}

void Listener::on_ready(std::uint32_t) {
    for (int i = 0; i < accepts_per_round; ++i) {
        SocketAddress address;
        Fd fd(::accept4(socket_.get(), address.raw(), address.size(), SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (fd) {
            admit(std::move(fd), address);
        } else if (errno == EMFILE || errno == ENFILE) {
            shed();
            if (resting_) return;
        } else if (errno != ECONNABORTED && errno != EINTR) {
            return;
        }
    }
}

void Listener::admit(Fd fd, const SocketAddress& address) {
    auto ticket = admission_->admit(address.ip(), fd.get());
    if (!ticket) return emit(sink_, PeerTurnedAway{name_, address.peer(), repeated(last_refusal_)});
    set_no_delay(fd.get());
    welcome_({std::move(fd), address.peer(), address.loopback(), std::move(*ticket)});
}

// Without this a connection that cannot be accepted stays in the backlog and the loop spins on it: the reserve is given
// up for the moment it takes to accept and close it. When even that is lost to another thread, wait for the next tick.
void Listener::shed() {
    emit(sink_, DescriptorsExhausted{name_, repeated(last_shortage_)});
    reserve_.reset();
    Fd(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)).reset();
    reserve_ = open_reserve();
    if (reserve_) return;
    resting_ = true;
    loop_.change(id_, socket_.get(), 0);
}

void Listener::on_tick(TimePoint) {
    if (!resting_) return;
    if (!reserve_) reserve_ = open_reserve();
    if (!reserve_) return;
    resting_ = false;
    loop_.change(id_, socket_.get(), EPOLLIN);
}

bool Listener::repeated(TimePoint& last) {
    const auto at = now();
    if (at - last < std::chrono::seconds(1)) return true;
    last = at;
    return false;
}

// A connection that could not be set up (no memory) must not take the port with it.
void Listener::kill() noexcept {
    if (!std::current_exception()) close();
}

void Listener::close() noexcept {
    if (id_ != 0) loop_.remove(id_, socket_.get());
    id_ = 0;
    socket_.reset();
    reserve_.reset();
}

void Listener::replace(ConfigName name, Welcome welcome) {
    name_ = std::move(name);
    welcome_ = std::move(welcome);
}

}  // namespace gantry::net
