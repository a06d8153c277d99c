// A TCP proxy on loopback that does to bytes what networks do: it slices, delays, joins, cuts and refuses. What it does
// to a connection follows from its Faults and the seed alone, so a test that failed fails again.
#pragma once
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/net/client.hpp"
#include "engine/net/socket.hpp"

namespace gantry::testing {

// What becomes of bytes in one direction.
struct Road {
    std::size_t piece = 0;                // they go on in pieces of so many at most; 0: as they come
    bool random = false;                  // of 1 to `piece` bytes each
    std::chrono::microseconds pause{0};   // before each piece
    std::chrono::microseconds gather{0};  // what comes within it goes on as one piece
    std::optional<std::size_t> cut;       // after so many the connection ends, in both directions
};

struct Faults {
    Road there, back;     // from who connects, and to them
    bool reset = false;   // a cut is an RST; otherwise both sides get what is on its way, and a FIN
    bool refuse = false;  // the connection is reset before anything was said
};

// The next recv() of the other side fails.
inline void reset_connection(net::Fd& fd) {
    const linger hard{1, 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    fd.reset();
}

// One direction of one connection: bytes that came and have not gone on yet.
class OneWay {
  public:
    OneWay(const Road& road, unsigned seed) : road_(road), random_(seed) {}

    bool may_read() const { return !ended_ && waiting_.size() < most_waiting; }
    bool may_write() const { return !waiting_.empty() && net::now() >= due_; }
    bool done() const { return ended_ && waiting_.empty(); }
    bool cut() const { return road_.cut && gone_ >= *road_.cut; }
    // Until there is something to do without anything being read.
    std::chrono::nanoseconds idle() const {
        return waiting_.empty() ? std::chrono::nanoseconds::max()
                                : std::max(std::chrono::nanoseconds(0), std::chrono::nanoseconds(due_ - net::now()));
    }

    // False: the connection is broken.
    bool read(int from) {
        std::array<char, 65'536> bytes;
        const auto got = ::recv(from, bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (got < 0) return net::would_block(errno);
        if (waiting_.empty()) due_ = net::now() + std::max(road_.gather, road_.pause);
        waiting_.append(bytes.data(), static_cast<std::size_t>(got));
        ended_ = got == 0;
        return true;
    }
    bool write(int to) {
        while (may_write() && !cut()) {
            if (left_ == 0) left_ = next_piece();
            const auto most = road_.cut ? *road_.cut - gone_ : waiting_.size();
            const auto sent =
                ::send(to, waiting_.data(), std::min({left_, waiting_.size(), most}), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (sent < 0) return net::would_block(errno);
            const auto count = static_cast<std::size_t>(sent);
            gone_ += count;
            left_ -= count;
            waiting_.erase(0, count);
            due_ = net::now() + road_.pause;
        }
        return true;
    }

  private:
    static constexpr std::size_t most_waiting = 256 * 1024;

    std::size_t next_piece() {
        if (road_.piece == 0) return waiting_.size();
        return road_.random ? std::uniform_int_distribution<std::size_t>(1, road_.piece)(random_) : road_.piece;
    }

    const Road road_;
    std::minstd_rand random_;
    std::string waiting_;
    std::size_t gone_ = 0, left_ = 0;  // left_: of the piece that was begun
    net::TimePoint due_{};
    bool ended_ = false;
};

// One connection through the proxy, on a thread of its own until it ends.
class Link {
  public:
    Link(net::Fd client, net::Fd server, const Faults& faults, unsigned seed)
        : client_(std::move(client)),
          server_(std::move(server)),
          there_(faults.there, seed),
          back_(faults.back, seed + 1),
          reset_(faults.reset) {}

    void run(const std::atomic<bool>& stopped) {
        bool told_server = false, told_client = false;
        while (!stopped && !(told_server && told_client)) {
            if (there_.cut() || back_.cut()) return cut(stopped);
            if (!move()) return hang_up();
            if (there_.done() && !std::exchange(told_server, true)) ::shutdown(server_.get(), SHUT_WR);
            if (back_.done() && !std::exchange(told_client, true)) ::shutdown(client_.get(), SHUT_WR);
        }
    }

  private:
    static constexpr std::chrono::milliseconds look{5};  // how soon a stop is noticed

    static pollfd watched(int fd, bool read, bool write) {
        const auto events = static_cast<short>((read ? POLLIN : 0) | (write ? POLLOUT : 0));
        return {events == 0 ? -1 : fd, events, 0};
    }

    // False: one side is broken.
    bool move() {
        pollfd both[] = {watched(client_.get(), there_.may_read(), back_.may_write()),
                         watched(server_.get(), back_.may_read(), there_.may_write())};
        const auto wait = std::min({std::chrono::nanoseconds(look), there_.idle(), back_.idle()});
        const timespec limit{
            0, both[0].events & POLLOUT || both[1].events & POLLOUT ? look.count() * 1'000'000 : wait.count()};
        ::ppoll(both, 2, &limit, nullptr);
        const auto readable = [](const pollfd& one) { return (one.revents & (POLLIN | POLLHUP | POLLERR)) != 0; };
        return (!readable(both[0]) || there_.read(client_.get())) &&
               (!readable(both[1]) || back_.read(server_.get())) && there_.write(server_.get()) &&
               back_.write(client_.get());
    }

    void hang_up() {
        reset_connection(client_);
        reset_connection(server_);
    }

    void cut(const std::atomic<bool>& stopped) {
        if (reset_) return hang_up();
        ::shutdown(client_.get(), SHUT_WR);
        ::shutdown(server_.get(), SHUT_WR);
        // A close with bytes unread would be an RST.
        for (auto* fd : {&client_, &server_}) swallow(*fd, stopped);
    }

    static void swallow(const net::Fd& fd, const std::atomic<bool>& stopped) {
        std::array<char, 65'536> bytes;
        while (!stopped) {
            if (!net::wait_for(fd.get(), POLLIN, net::now() + look)) continue;
            const auto got = ::recv(fd.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
            if (got == 0 || (got < 0 && !net::would_block(errno))) return;
        }
    }

    net::Fd client_, server_;
    OneWay there_, back_;
    const bool reset_;
};

class FaultProxy {
  public:
    // target: a port of loopback; 0: aim() says it later.
    explicit FaultProxy(std::uint16_t target = 0, const Faults& faults = {}, unsigned seed = 1)
        : target_(target), faults_(faults), seed_(seed) {
        auto listening = net::listen_on("127.0.0.1", 0);
        if (!listening) throw std::runtime_error(listening.error().text());
        listening_ = std::move(*listening);
        port_ = net::local_port(listening_.get());
        thread_ = std::thread([this] { run(); });
    }
    ~FaultProxy() {
        stopped_ = true;
        thread_.join();
        for (auto& link : links_) link.join();
    }
    FaultProxy(const FaultProxy&) = delete;
    FaultProxy& operator=(const FaultProxy&) = delete;

    std::uint16_t port() const { return port_; }
    void aim(std::uint16_t target) { target_ = target; }
    // Of connections that are made from now on.
    void set(const Faults& faults) {
        const std::lock_guard lock(mutex_);
        faults_ = faults;
    }
    // How many were made.
    unsigned connections() const { return connections_; }

  private:
    void run() {
        while (!stopped_) {
            if (!net::wait_for(listening_.get(), POLLIN, net::now() + std::chrono::milliseconds(5))) continue;
            net::Fd client(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (client) connect(std::move(client));
        }
    }

    void connect(net::Fd client) {
        Faults faults;
        {
            const std::lock_guard lock(mutex_);
            faults = faults_;
        }
        ++connections_;
        auto server = faults.refuse ? net::Fd() : to_target();
        if (!server) return reset_connection(client);
        for (const auto* fd : {&client, &server}) net::set_no_delay(fd->get());
        links_.emplace_back(
            [this, faults, seed = seed_ + 2 * connections_, from = std::move(client),
             to = std::move(server)]() mutable { Link(std::move(from), std::move(to), faults, seed).run(stopped_); });
    }

    net::Fd to_target() const {
        net::Fd out(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(target_);
        if (::connect(out.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) out.reset();
        return out;
    }

    std::atomic<std::uint16_t> target_;
    mutable std::mutex mutex_;  // over faults_
    Faults faults_;
    const unsigned seed_;
    net::Fd listening_;
    std::uint16_t port_ = 0;
    std::atomic<unsigned> connections_ = 0;
    std::atomic<bool> stopped_ = false;
    std::vector<std::thread> links_;  // of thread_, and of the destructor after it
    std::thread thread_;
};

}  // namespace gantry::testing
