#include "engine/net/socket_stream.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace gantry::net {

Result<std::size_t> SocketStream::read(char* into, std::size_t most, milliseconds wait) {
    if (replayed_ < replay_.size()) {
        const auto size = std::min(most, replay_.size() - replayed_);
        std::memcpy(into, replay_.data() + replayed_, size);
        replayed_ += size;
        return size;
    }
    const auto deadline = now() + wait;
    for (;;) {
        const ssize_t got = ::recv(descriptor(), into, most, MSG_DONTWAIT);
        if (got >= 0) return static_cast<std::size_t>(got);
        if (!would_block(errno)) return Error{ErrorCode::net_closed, {}, {}};
        if (!wait_for(descriptor(), POLLIN, deadline)) return Error{ErrorCode::net_timeout, {}, {}};
    }
}

Result<void> SocketStream::write(const char* from, std::size_t size, milliseconds wait) {
    const auto deadline = now() + wait;
    while (size > 0) {
        const ssize_t sent = ::send(descriptor(), from, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && !would_block(errno)) return Error{ErrorCode::net_closed, {}, {}};
        if (sent >= 0) {
            from += sent;
            size -= static_cast<std::size_t>(sent);
        }
        // Also after progress: a peer that takes one byte at a time must not stretch the deadline.
        if (size > 0 && !wait_for(descriptor(), POLLOUT, deadline)) return Error{ErrorCode::net_timeout, {}, {}};
        if (size > 0 && now() > deadline) return Error{ErrorCode::net_timeout, {}, {}};
    }
    return {};
}

bool SocketStream::readable(milliseconds wait) {
    return replayed_ < replay_.size() || wait_for(descriptor(), POLLIN, now() + wait);
}

void SocketStream::shut_down() noexcept {
    ::shutdown(descriptor(), SHUT_RDWR);
}

void SocketStream::unread(std::string_view bytes) {
    replay_.erase(0, replayed_);
    replayed_ = 0;
    replay_.insert(0, bytes);
}

bool SocketStream::gather(milliseconds wait) {
    if (!wait_for(descriptor(), POLLIN, now() + wait)) return false;
    std::array<char, 16384> piece;
    const ssize_t got = ::recv(descriptor(), piece.data(), piece.size(), MSG_DONTWAIT);
    if (got <= 0) return false;
    replay_.erase(0, replayed_);
    replayed_ = 0;
    replay_.append(piece.data(), static_cast<std::size_t>(got));
    return true;
}

}  // namespace gantry::net
