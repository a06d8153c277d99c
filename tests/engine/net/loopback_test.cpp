#include "tests/engine/net/loopback.hpp"

#include <sys/socket.h>

namespace gantry::net {

LoopbackPeer::LoopbackPeer(std::uint16_t port) {
    auto stream = connect("127.0.0.1", port, patience);
    BOOST_REQUIRE(stream.ok());
    stream_ = std::move(*stream);
}

void LoopbackPeer::send(std::string_view bytes) {
    BOOST_REQUIRE(stream_->write(bytes.data(), bytes.size(), patience).ok());
}

bool LoopbackPeer::more() {
    std::array<char, 4096> piece;
    const auto got = stream_->read(piece.data(), piece.size(), patience);
    if (!got) BOOST_REQUIRE(got.error().code != ErrorCode::net_timeout);
    if (!got || *got == 0) return false;
    buffer_.append(piece.data(), *got);
    return true;
}

std::string LoopbackPeer::receive(std::size_t size) {
    while (buffer_.size() < size && more()) {
    }
    auto out = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return out;
}

std::string LoopbackPeer::receive_until(std::string_view mark) {
    for (std::size_t from = 0;;) {
        const auto found = buffer_.find(mark, from);
        if (found != std::string::npos) return receive(found + mark.size());
        from = buffer_.size() < mark.size() ? 0 : buffer_.size() - mark.size();
        if (!more()) return std::exchange(buffer_, {});
    }
}

std::string LoopbackPeer::receive_all() {
    while (more()) {
    }
    return std::exchange(buffer_, {});
}

void LoopbackPeer::half_close() {
    ::shutdown(stream_->descriptor(), SHUT_WR);
}

void CountingSink::emit(const events::View& event) noexcept {
    const std::lock_guard lock(mutex_);
    ++counts_[std::string(event.name.text())];
}

int CountingSink::count(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(name);
    return found == counts_.end() ? 0 : found->second;
}

void Signal::raise() {
    const std::lock_guard lock(mutex_);
    ++count_;
    raised_.notify_all();
}

bool Signal::wait(int times) {
    std::unique_lock lock(mutex_);
    return raised_.wait_for(lock, patience, [&] { return count_ >= times; });
}

}  // namespace gantry::net
