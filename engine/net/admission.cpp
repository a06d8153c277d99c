#include "engine/net/admission.hpp"

#include <new>

#include "engine/net/tls_session.hpp"

namespace gantry::net {
namespace {

constexpr std::size_t most_remembered = 65'536;  // addresses with refusals; beyond, the window begins anew

}  // namespace

void Occupancy::enter() {
    const std::lock_guard lock(mutex_);
    ++count_;
}

void Occupancy::leave() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) empty_.notify_all();
}

bool Occupancy::wait_empty(milliseconds longest) {
    std::unique_lock lock(mutex_);
    return empty_.wait_for(lock, longest, [&] { return count_ == 0; });
}

std::size_t Occupancy::count() const {
    const std::lock_guard lock(mutex_);
    return count_;
}

Accepted::Accepted() = default;
Accepted::Accepted(Fd fd_, Peer peer_, bool loopback_, Ticket ticket_)
    : fd(std::move(fd_)), peer(std::move(peer_)), loopback(loopback_), ticket(std::move(ticket_)) {}
Accepted::Accepted(Accepted&&) noexcept = default;
Accepted& Accepted::operator=(Accepted&&) noexcept = default;
Accepted::~Accepted() = default;

Ticket& Ticket::operator=(Ticket&& other) noexcept {
    if (this != &other) {
        release();
        port_ = std::move(other.port_);
        ip_ = std::move(other.ip_);
        fd_ = other.fd_;
    }
    return *this;
}

void Ticket::release() noexcept {
    if (const auto port = std::exchange(port_, nullptr)) port->leave(ip_, fd_);
}

void Ticket::count_refusal() const noexcept {
    if (!port_) return;
    try {
        port_->count_refusal(ip_);
    } catch (const std::bad_alloc&) {
        return;  // not remembered: the peer may try once more
    }
}

std::optional<Ticket> Admission::admit(const std::string& ip, int fd, TimePoint at) {
    const std::lock_guard lock(mutex_);
    if (inside_.size() >= limits_.connections || refused_too_often(ip, at)) return std::nullopt;
    const auto known = per_peer_.find(ip);
    if (limits_.per_peer != 0 && known != per_peer_.end() && known->second >= limits_.per_peer) return std::nullopt;
    ++per_peer_[ip];
    inside_.insert(fd);
    all_->enter();
    return Ticket(shared_from_this(), ip, fd);
}

void Admission::count_refusal(const std::string& ip, TimePoint at) {
    const std::lock_guard lock(mutex_);
    if (limits_.refusals_per_peer == 0) return;
    const bool over = refusals_.empty() || at - window_began_ >= limits_.refusal_window;
    if (over || refusals_.size() >= most_remembered) {
        refusals_.clear();
        window_began_ = at;
    }
    ++refusals_[ip];
}

bool Admission::refused_too_often(const std::string& ip, TimePoint at) const {
    if (limits_.refusals_per_peer == 0 || at - window_began_ >= limits_.refusal_window) return false;
    const auto found = refusals_.find(ip);
    return found != refusals_.end() && found->second >= limits_.refusals_per_peer;
}

void Admission::set_limits(const Limits& limits) {
    const std::lock_guard lock(mutex_);
    limits_ = limits;
}

void Admission::shut(int how) {
    const std::lock_guard lock(mutex_);
    for (const int fd : inside_) ::shutdown(fd, how);
}

void Admission::leave(const std::string& ip, int fd) {
    const std::lock_guard lock(mutex_);
    inside_.erase(fd);
    const auto counted = per_peer_.find(ip);
    if (counted != per_peer_.end() && --counted->second == 0) per_peer_.erase(counted);
    all_->leave();
}

}  // namespace gantry::net
