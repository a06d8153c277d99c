// Raw POSIX TCP sockets: ownership of a descriptor, addresses, listening. Linux.
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/events.hpp"
#include "engine/base/result.hpp"

namespace gantry::net {

using TimePoint = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;

inline TimePoint now() {
    return std::chrono::steady_clock::now();
}

// Owns a file descriptor; closes it.
class Fd {
  public:
    explicit Fd(int fd = -1) : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept;
    ~Fd() { reset(); }
    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    void reset() noexcept;

  private:
    int fd_;
};

// An IPv4 or IPv6 address with port. An IPv4 address mapped into IPv6 shows itself as IPv4.
class SocketAddress {
  public:
    sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage_); }
    const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage_); }
    socklen_t* size() { return &size_; }
    socklen_t length() const { return size_; }
    int family() const { return storage_.ss_family; }
    std::string ip() const;
    std::uint16_t port() const;
    bool loopback() const;
    Peer peer() const;  // "127.0.0.1:40312", "[::1]:40312"

  private:
    sockaddr_storage storage_{};
    socklen_t size_ = sizeof(sockaddr_storage);
};

// Name or number to addresses, in the resolver's order. May block on the resolver. Errors: net_refused.
Result<std::vector<SocketAddress>> resolve(const std::string& host, std::uint16_t port);

// A non-blocking listening socket on the first address of `address`. Port 0: any free one.
// Errors: net_address_in_use, net_cannot_listen.
Result<Fd> listen_on(const std::string& address, std::uint16_t port);

std::uint16_t local_port(int fd);
void set_no_delay(int fd) noexcept;

// Waits for poll() events on one socket. False: the deadline passed first.
bool wait_for(int fd, short poll_events, TimePoint deadline) noexcept;

inline bool would_block(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

}  // namespace gantry::net
