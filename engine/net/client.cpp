#include "engine/net/client.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/net/socket_stream.hpp"
#include "engine/net/tls.hpp"
#include "engine/net/tls_session.hpp"

namespace gantry::net {
namespace {

constexpr milliseconds between_looks{50};

Result<void> wait_connected(int fd, TimePoint deadline, const std::stop_token& stop) {
    for (;;) {
        if (stop.stop_requested()) return Error{ErrorCode::net_closed, {}, {}};
        const auto at = now();
        if (wait_for(fd, POLLOUT, std::min(deadline, at + between_looks))) return {};
        if (at >= deadline) return Error{ErrorCode::net_timeout, {}, {}};
    }
}

Result<Fd> connect_one(const SocketAddress& address, TimePoint deadline, const std::stop_token& stop) {
    const auto refused = [&](int error) {
        return Error{ErrorCode::net_refused, address.peer().text() + ", " + std::strerror(error), {}};
    };
    Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return refused(errno);
    if (::connect(fd.get(), address.raw(), address.length()) != 0) {
        if (errno != EINPROGRESS) return refused(errno);
        if (const auto ready = wait_connected(fd.get(), deadline, stop); !ready)
            return Error{ready.error().code, address.peer().text(), {}};
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) return refused(error);
    }
    set_no_delay(fd.get());
    return fd;
}

Result<std::unique_ptr<SocketStream>> connect_plain(const std::string& host, std::uint16_t port, TimePoint deadline,
                                                    const std::stop_token& stop) {
    const auto addresses = resolve(host, port);
    if (!addresses) return addresses.error();
    Error last{ErrorCode::net_refused, host, {}};
    for (const auto& address : *addresses) {
        auto fd = connect_one(address, deadline, stop);
        if (fd) {
            Accepted connection{std::move(*fd), address.peer(), address.loopback(), {}};
            return std::make_unique<SocketStream>(std::move(connection));
        }
        last = std::move(fd).error();
    }
    return last;
}

}  // namespace

Result<std::unique_ptr<ByteStream>> connect(const std::string& host, std::uint16_t port, milliseconds timeout,
                                            const std::stop_token& stop) {
    auto stream = connect_plain(host, port, now() + timeout, stop);
    if (!stream) return std::move(stream).error();
    return std::unique_ptr<ByteStream>(std::move(*stream));
}

Result<std::unique_ptr<ByteStream>> connect(TlsClient& tls, const std::string& host, std::uint16_t port,
                                            milliseconds timeout, const std::stop_token& stop) {
    const auto deadline = now() + timeout;
    auto session = tls.session(host);
    if (!session) return std::move(session).error();
    auto stream = connect_plain(host, port, deadline, stop);
    if (!stream) return std::move(stream).error();
    if (auto done = (*stream)->shake_hands(std::move(*session), deadline, stop); !done) return std::move(done).error();
    return std::unique_ptr<ByteStream>(std::move(*stream));
}

}  // namespace gantry::net
