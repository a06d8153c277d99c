// Who may be connected to one port: a limit for the port, a limit per peer address, a limit of how often an address may
// be refused, and the list of those inside.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "engine/net/socket.hpp"

namespace gantry::net {

// How many connections all ports of a lobby have together; stop() waits on it. Any thread.
class Occupancy {
  public:
    void enter();
    void leave();
    bool wait_empty(milliseconds longest);
    std::size_t count() const;

  private:
    mutable std::mutex mutex_;
    std::condition_variable empty_;
    std::size_t count_ = 0;
};

class Admission;
class TlsSession;

// The right of one connection to be there. Gives its place back when destroyed; must be released before its descriptor
// is closed, because it is what Admission::shut() acts on.
class Ticket {
  public:
    Ticket() = default;
    Ticket(std::shared_ptr<Admission> port, std::string ip, int fd)
        : port_(std::move(port)), ip_(std::move(ip)), fd_(fd) {}
    Ticket(Ticket&&) noexcept = default;
    Ticket& operator=(Ticket&& other) noexcept;
    ~Ticket() { release(); }
    void release() noexcept;
    // The protocol did not let the peer in: counts against its address.
    void count_refusal() const noexcept;

  private:
    std::shared_ptr<Admission> port_;
    std::string ip_;
    int fd_ = -1;
};

// Any thread.
class Admission : public std::enable_shared_from_this<Admission> {
  public:
    struct Limits {
        std::size_t connections = 10'000;
        std::size_t per_peer = 0;           // connections from one address; 0: no limit
        std::size_t refusals_per_peer = 0;  // of one address within refusal_window; 0: no limit
        milliseconds refusal_window = milliseconds(60'000);
    };
    Admission(const Limits& limits, std::shared_ptr<Occupancy> all) : all_(std::move(all)), limits_(limits) {}

    // Nothing when a limit is reached. at: for the window of refusals.
    std::optional<Ticket> admit(const std::string& ip, int fd, TimePoint at = now());
    // An address that has reached its refusals is not admitted until the window, which began with somebody's first
    // refusal, is over.
    void count_refusal(const std::string& ip, TimePoint at = now());

    // For whoever comes from now on; nobody inside has to leave.
    void set_limits(const Limits& limits);

    // shutdown(2) for every connection inside: SHUT_RD ends their waiting for input, SHUT_RDWR ends them.
    void shut(int how);

  private:
    friend class Ticket;
    void leave(const std::string& ip, int fd);

    bool refused_too_often(const std::string& ip, TimePoint at) const;  // under the mutex

    std::shared_ptr<Occupancy> all_;
    std::mutex mutex_;
    Limits limits_;
    std::unordered_set<int> inside_;  // descriptors
    std::unordered_map<std::string, std::size_t> per_peer_, refusals_;
    TimePoint window_began_{};
};

// An accepted connection. The ticket goes before the descriptor, as it is declared after it.
struct Accepted {
    Accepted();
    Accepted(Fd fd, Peer peer, bool loopback, Ticket ticket);
    Accepted(Accepted&&) noexcept;
    Accepted& operator=(Accepted&&) noexcept;
    ~Accepted();

    Fd fd;
    Peer peer;
    bool loopback = false;
    Ticket ticket;
    std::unique_ptr<TlsSession> tls;  // none: plain text
    std::string early;                // what came with the end of the handshake, decrypted
};

}  // namespace gantry::net
