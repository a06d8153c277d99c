#include "engine/net/admission.hpp"

namespace gantry::net {

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

std::optional<Ticket> Admission::admit(const std::string& ip, int fd) {
    const std::lock_guard lock(mutex_);
    if (inside_.size() >= max_connections_) return std::nullopt;
    const auto known = per_peer_.find(ip);
    if (max_per_peer_ != 0 && known != per_peer_.end() && known->second >= max_per_peer_) return std::nullopt;
    ++per_peer_[ip];
    inside_.insert(fd);
    all_->enter();
    return Ticket(shared_from_this(), ip, fd);
}

void Admission::set_limits(std::size_t max_connections, std::size_t max_per_peer) {
    const std::lock_guard lock(mutex_);
    max_connections_ = max_connections;
    max_per_peer_ = max_per_peer;
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
