// An MLLP receiver that does what the test wrote down, connection by connection.
#pragma once
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "engine/hl7/mllp.hpp"
#include "engine/net/socket.hpp"

namespace gantry::channels::testing {

// Only the limit of a test that has gone wrong; nothing is measured by it.
inline constexpr std::chrono::milliseconds patience{20'000};

// The receiver's end of one connection. An empty answer of receive(): the sender has closed.
class Accepted {
  public:
    explicit Accepted(net::Fd fd) : fd_(std::move(fd)) {}

    // The content of the next frame.
    std::string receive() {
        for (;;) {
            if (auto frame = decoder_.next()) return std::move(frame->content);
            const auto bytes = some();
            if (bytes.empty()) return {};
            decoder_.feed(bytes);
        }
    }
    // Whatever comes first, without its being a frame.
    std::string some(std::size_t most = 65'536) {
        std::string out(most, ' ');
        if (!net::wait_for(fd_.get(), POLLIN, net::now() + patience)) return {};
        const auto got = ::recv(fd_.get(), out.data(), out.size(), MSG_DONTWAIT);
        ended_ = got <= 0;
        out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return out;
    }
    // The sender has closed, and nobody only lost patience.
    bool ended() const { return ended_; }
    // In one piece; gives up when the sender does not take it.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent > 0)
                bytes.remove_prefix(static_cast<std::size_t>(sent));
            else if (!net::would_block(errno) || !net::wait_for(fd_.get(), POLLOUT, net::now() + patience))
                return false;
        }
        return true;
    }
    void wait_for_end() {
        while (!some().empty()) {
        }
    }
    void close() { fd_.reset(); }
    // Ends a receive() of another thread.
    void shut_down() const { ::shutdown(fd_.get(), SHUT_RDWR); }
    // Ends the connection with RST.
    void reset() {
        const linger hard{1, 0};
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        fd_.reset();
    }

  private:
    net::Fd fd_;
    hl7::MllpDecoder decoder_;
    bool ended_ = false;
};

// Listens from the beginning; takes one connection for each script, the next when the script is done, which closes its
// connection. After the last nobody listens any more.
class ScriptedReceiver {
  public:
    using Script = std::function<void(Accepted&)>;
    explicit ScriptedReceiver(std::vector<Script> scripts) : scripts_(std::move(scripts)) {
        auto listening = net::listen_on("127.0.0.1", 0);
        if (!listening) throw std::runtime_error(listening.error().text());
        listening_ = std::move(*listening);
        port_ = net::local_port(listening_.get());
        thread_ = std::thread([this] { run(); });
    }
    ~ScriptedReceiver() { join(); }
    ScriptedReceiver(const ScriptedReceiver&) = delete;
    ScriptedReceiver& operator=(const ScriptedReceiver&) = delete;

    int port() const { return port_; }
    // Waits until every script has ended; answers how many there was a connection for.
    int join() {
        if (thread_.joinable()) thread_.join();
        return connections_;
    }

  private:
    void run() {
        for (const auto& script : scripts_) {
            if (!net::wait_for(listening_.get(), POLLIN, net::now() + patience)) break;
            Accepted peer(net::Fd(::accept(listening_.get(), nullptr, nullptr)));
            ++connections_;
            script(peer);
        }
        listening_.reset();
    }

    std::vector<Script> scripts_;
    net::Fd listening_;
    int port_ = 0, connections_ = 0;
    std::thread thread_;
};

}  // namespace gantry::channels::testing
