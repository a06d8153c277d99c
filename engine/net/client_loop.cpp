#include "engine/net/client_loop.hpp"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "engine/net/client.hpp"
#include "engine/net/socket_stream.hpp"
#include "engine/net/tls_session.hpp"

namespace gantry::net {

Result<ClientLoop> ClientLoop::connect(const std::string& host, std::uint16_t port, std::size_t count,
                                       milliseconds timeout, TlsClient* tls) {
    ClientLoop loop(Fd(::epoll_create1(EPOLL_CLOEXEC)));
    for (std::size_t i = 0; i < count; ++i) {
        auto stream = net::connect(tls, host, port, timeout);
        if (!stream) return stream.error();
        auto* session = tls ? dynamic_cast<SocketStream&>(**stream).tls() : nullptr;
        loop.connections_.push_back({std::move(*stream), session, {}});
        if (!loop.watch(i, EPOLL_CTL_ADD, EPOLLIN)) return Error{ErrorCode::internal, std::strerror(errno), {}};
    }
    return loop;
}

bool ClientLoop::watch(std::size_t connection, int operation, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = connection;
    return ::epoll_ctl(epoll_.get(), operation, connections_[connection].stream->descriptor(), &event) == 0;
}

void ClientLoop::send(std::size_t connection, std::string_view bytes) {
    const auto& [stream, tls, unsent] = connections_[connection];
    if (!stream) return;
    if (!tls) return put(connection, bytes);
    tls->send(bytes);
    put(connection, tls->take_output());
}

void ClientLoop::put(std::size_t connection, std::string_view bytes) {
    auto& [stream, tls, unsent] = connections_[connection];
    if (unsent.empty()) {
        const auto sent = ::send(stream->descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
        if (bytes.empty()) return;
        // A broken connection shows in wait() as well.
        watch(connection, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    }
    unsent.append(bytes);
}

void ClientLoop::flush(std::size_t connection) {
    auto& [stream, tls, unsent] = connections_[connection];
    const auto sent = ::send(stream->descriptor(), unsent.data(), unsent.size(), MSG_NOSIGNAL);
    if (sent > 0) unsent.erase(0, static_cast<std::size_t>(sent));
    if (unsent.empty()) watch(connection, EPOLL_CTL_MOD, EPOLLIN);
}

void ClientLoop::close(std::size_t connection, const std::string& why, ClientHandler& handler) {
    const auto peer = connections_[connection].stream->peer().text();
    connections_[connection] = {};
    handler.on_close(connection, Error{ErrorCode::net_closed, peer + ", " + why, {}});
}

void ClientLoop::receive(std::size_t connection, ClientHandler& handler) {
    const auto got = ::recv(connections_[connection].stream->descriptor(), buffer_.data(), buffer_.size(), 0);
    if (got > 0)
        take(connection, {buffer_.data(), static_cast<std::size_t>(got)}, handler);
    else if (got == 0)
        close(connection, "end of stream", handler);
    else if (!would_block(errno))
        close(connection, std::strerror(errno), handler);
}

void ClientLoop::take(std::size_t connection, std::string_view bytes, ClientHandler& handler) {
    auto* tls = connections_[connection].tls;
    if (!tls) return handler.on_data(connection, bytes);
    std::string plain;
    const auto state = tls->receive(bytes, plain);
    if (const auto own = tls->take_output(); !own.empty()) put(connection, own);
    if (!plain.empty()) handler.on_data(connection, plain);
    if (state == TlsSession::State::failed) return close(connection, tls->failure().text(), handler);
    if (state == TlsSession::State::closed) close(connection, "end of stream", handler);
}

void ClientLoop::wait(ClientHandler& handler, milliseconds most) {
    std::array<epoll_event, 64> ready;
    const auto count =
        ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), static_cast<int>(most.count()));
    for (int i = 0; i < count; ++i) {
        const auto connection = static_cast<std::size_t>(ready[static_cast<std::size_t>(i)].data.u64);
        const auto events = ready[static_cast<std::size_t>(i)].events;
        if (connections_[connection].stream && (events & EPOLLOUT)) flush(connection);
        if (connections_[connection].stream && (events & ~EPOLLOUT)) receive(connection, handler);
    }
}

}  // namespace gantry::net
