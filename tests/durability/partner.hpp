// The other side: takes MLLP connections, answers each message as it is told, and can say more about it later over the
// connection it came on.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/channels/destinations/scripted_receiver.hpp"

namespace gantry::durability {

// Field of a segment, as it is; empty: there is none. MSH-1 counts.
std::string field_of(const std::string& message, const std::string& segment, std::size_t field);

class Partner {
  public:
    // Answers a message with so many frames. Any thread.
    using Answering = std::function<std::vector<std::string>(const std::string& message)>;

    explicit Partner(Answering answering, std::uint16_t port = 0);
    ~Partner();

    std::uint16_t port() const { return port_; }
    // How often each control id came; MSH-10.
    std::map<std::string, int> received() const;
    // All that came, in order.
    std::vector<std::string> messages() const;
    // Over the connection on which that control id came last. False: it is gone.
    bool say(const std::string& control_id, const std::string& message);

  private:
    void listen();
    void serve(const std::shared_ptr<channels::testing::Accepted>& peer);

    Answering answering_;
    net::Fd listening_;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_{false};
    mutable std::mutex mutex_;
    std::vector<std::string> messages_;
    std::map<std::string, std::shared_ptr<channels::testing::Accepted>> connections_;
    std::vector<std::shared_ptr<channels::testing::Accepted>> all_;
    std::vector<std::thread> peers_;
    std::thread thread_;
};

}  // namespace gantry::durability
