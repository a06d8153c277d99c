#include "engine/net/socket.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace gantry::net {
namespace {

bool is_mapped(const sockaddr_in6& address) {
    return IN6_IS_ADDR_V4MAPPED(&address.sin6_addr);
}

std::uint32_t mapped_v4(const sockaddr_in6& address) {
    std::uint32_t v4 = 0;
    std::memcpy(&v4, address.sin6_addr.s6_addr + 12, sizeof v4);
    return v4;
}

template <class T>
T as(const sockaddr_storage& storage) {
    T out;
    std::memcpy(&out, &storage, sizeof out);
    return out;
}

std::string described(const std::string& address, std::uint16_t port, const std::string& why) {
    return address + ":" + std::to_string(port) + ", " + why;
}

void set(int fd, int level, int option, int value) {
    ::setsockopt(fd, level, option, &value, sizeof value);
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
    if (this != &other) {
        reset();
        fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
}

void Fd::reset() noexcept {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

std::string SocketAddress::ip() const {
    char text[INET6_ADDRSTRLEN] = "";
    if (family() == AF_INET) {
        const auto v4 = as<sockaddr_in>(storage_);
        ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    } else if (family() == AF_INET6) {
        const auto v6 = as<sockaddr_in6>(storage_);
        const auto v4 = mapped_v4(v6);
        is_mapped(v6) ? ::inet_ntop(AF_INET, &v4, text, sizeof text)
                      : ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    }
    return text;
}

std::uint16_t SocketAddress::port() const {
    return family() == AF_INET ? ntohs(as<sockaddr_in>(storage_).sin_port)
                               : ntohs(as<sockaddr_in6>(storage_).sin6_port);
}

bool SocketAddress::loopback() const {
    const auto is_127 = [](std::uint32_t network_order) { return ntohl(network_order) >> 24 == 127; };
    if (family() == AF_INET) return is_127(as<sockaddr_in>(storage_).sin_addr.s_addr);
    if (family() != AF_INET6) return false;
    const auto v6 = as<sockaddr_in6>(storage_);
    return is_mapped(v6) ? is_127(mapped_v4(v6)) : IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

Peer SocketAddress::peer() const {
    const auto host = ip();
    const bool v6 = host.find(':') != std::string::npos;
    return Peer((v6 ? "[" + host + "]" : host) + ":" + std::to_string(port()));
}

Result<std::vector<SocketAddress>> resolve(const std::string& host, std::uint16_t port) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
    if (failed != 0) return Error{ErrorCode::net_refused, described(host, port, ::gai_strerror(failed)), {}};
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
    std::vector<SocketAddress> out;
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
        SocketAddress address;
        std::memcpy(address.raw(), entry->ai_addr, entry->ai_addrlen);
        *address.size() = entry->ai_addrlen;
        out.push_back(address);
    }
    return out;
}

Result<Fd> listen_on(const std::string& address, std::uint16_t port) {
    const auto found = resolve(address, port);
    if (!found) return Error{ErrorCode::net_cannot_listen, found.error().detail, {}};
    const SocketAddress& chosen = found->front();
    Fd fd(::socket(chosen.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const auto failed = [&](int error) {
        const auto code = error == EADDRINUSE ? ErrorCode::net_address_in_use : ErrorCode::net_cannot_listen;
        return Error{code, described(address, port, std::strerror(error)), {}};
    };
    if (!fd) return failed(errno);
    set(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    if (chosen.family() == AF_INET6) set(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (::bind(fd.get(), chosen.raw(), chosen.length()) != 0) return failed(errno);
    if (::listen(fd.get(), SOMAXCONN) != 0) return failed(errno);
    return fd;
}

std::uint16_t local_port(int fd) {
    SocketAddress address;
    return ::getsockname(fd, address.raw(), address.size()) == 0 ? address.port() : std::uint16_t{0};
}

void set_no_delay(int fd) noexcept {
    set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

bool wait_for(int fd, short poll_events, TimePoint deadline) noexcept {
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - now()).count();
        pollfd entry{fd, poll_events, 0};
        const int ready = ::poll(&entry, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000)));
        if (ready > 0 || (ready < 0 && errno != EINTR)) return true;
        if (ready == 0 && left <= 60'000) return false;
    }
}

}  // namespace gantry::net
