// A receiver that takes connections side by side and does with each message what the test says.
#pragma once
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "tests/support/fault_proxy.hpp"

namespace gantry::conformance {

// One message as it was received.
struct Received {
    std::string payload;
    unsigned connection = 0;  // from 1
    unsigned place = 0;       // on its connection, from 1
};

struct Reaction {
    std::string bytes;  // what is said
    enum class Then : std::uint8_t { goes_on, closes, resets } then = Then::goes_on;
};

class Receiver {
  public:
    // Cuts a message off the front of what came; none: it is not whole.
    using Cut = std::optional<std::string> (*)(std::string& came);
    // Called for one message at a time.
    using React = std::function<Reaction(const Received&)>;

    Receiver(Cut cut, React react) : cut_(cut), react_(std::move(react)) {
        auto listening = net::listen_on("127.0.0.1", 0);
        if (!listening) throw std::runtime_error(listening.error().text());
        listening_ = std::move(*listening);
        port_ = net::local_port(listening_.get());
        thread_ = std::thread([this] { run(); });
    }
    ~Receiver() {
        stopped_ = true;
        thread_.join();
        for (auto& talk : talks_) talk.join();
    }
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;

    std::uint16_t port() const { return port_; }
    std::vector<Received> received() const {
        const std::lock_guard lock(mutex_);
        return received_;
    }
    // Bytes that came, whether or not they were a message.
    std::size_t bytes() const { return bytes_; }

  private:
    static constexpr std::chrono::milliseconds look{5};  // how soon a stop is noticed

    void run() {
        for (unsigned number = 1; !stopped_;) {
            if (!net::wait_for(listening_.get(), POLLIN, net::now() + look)) continue;
            net::Fd peer(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!peer) continue;
            net::set_no_delay(peer.get());
            talks_.emplace_back([this, peer = std::move(peer), number]() mutable { talk(peer, number); });
            ++number;
        }
    }

    void talk(net::Fd& peer, unsigned connection) {
        std::string came;
        std::array<char, 65'536> bytes;
        for (unsigned place = 0; !stopped_;) {
            if (!net::wait_for(peer.get(), POLLIN, net::now() + look)) continue;
            const auto got = ::recv(peer.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
            if (got <= 0) return;
            bytes_ += static_cast<std::size_t>(got);
            came.append(bytes.data(), static_cast<std::size_t>(got));
            while (auto message = cut_(came))
                if (!react(peer, {std::move(*message), connection, ++place})) return;
        }
    }

    // False: the connection is over.
    bool react(net::Fd& peer, Received message) {
        Reaction reaction;
        {
            const std::lock_guard lock(mutex_);
            reaction = react_(message);
            received_.push_back(std::move(message));
        }
        const auto& said = reaction.bytes;
        const bool taken =
            ::send(peer.get(), said.data(), said.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(said.size());
        if (reaction.then == Reaction::Then::resets) testing::reset_connection(peer);
        return taken && reaction.then == Reaction::Then::goes_on;
    }

    const Cut cut_;
    const React react_;
    net::Fd listening_;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;  // over received_, and while something is reacted to
    std::vector<Received> received_;
    std::atomic<std::size_t> bytes_ = 0;
    std::atomic<bool> stopped_ = false;
    std::vector<std::thread> talks_;  // of thread_, and of the destructor after it
    std::thread thread_;
};

}  // namespace gantry::conformance
