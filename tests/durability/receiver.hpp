// A receiver that does whatever it gets, also twice, and remembers it. Now and then it takes a message and closes the
// connection instead of answering.
#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/net/socket.hpp"

namespace gantry::durability {

class Receiver {
  public:
    // mishaps: of so many messages one stays without an answer, on average; 0: none.
    // port 0: any free one.
    Receiver(unsigned seed, unsigned mishaps, std::uint16_t port = 0);
    ~Receiver();

    std::uint16_t port() const { return port_; }
    std::size_t count() const;
    // The control ids of what was received, in that order.
    std::vector<std::string> received() const;
    // Returns when nobody is connected any more: what the last engine sent has been taken in.
    void await_hanging_up() const;
    // Takes no more connections; returns when those that are there have ended.
    void stop();

  private:
    void listen();
    void serve(net::Fd fd, unsigned number);

    unsigned seed_, mishaps_;
    net::Fd listening_;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_{false};
    std::atomic<int> connected_{0};
    mutable std::mutex mutex_;
    std::vector<std::string> received_;
    std::vector<std::thread> peers_;
    std::thread thread_;
};

}  // namespace gantry::durability
