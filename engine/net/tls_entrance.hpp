// A connection to a port with TLS until its handshake is done: in the loop while it waits for the peer, at the desk
// while its bytes are worked on. Bounded in time (handshake_timeout) and size; then the port welcomes it.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "engine/net/listener.hpp"
#include "engine/net/loop.hpp"
#include "engine/net/tls.hpp"
#include "engine/net/tls_desk.hpp"

namespace gantry::net {

// What the entrances of one port share. loop, desk and sink outlive them.
struct TlsPort {
    ConfigName name;
    std::shared_ptr<TlsServer> server;
    Loop& loop;
    TlsDesk& desk;
    events::Sink& sink;
    Listener::Welcome welcome;
    std::function<std::string()> to_plain_text;  // the protocol's words for who does not speak TLS; may be empty
};

class TlsEntrance final : public Watched, public std::enable_shared_from_this<TlsEntrance> {
  public:
    // Loop thread.
    static void enter(std::shared_ptr<const TlsPort> port, Accepted accepted);

    TlsEntrance(std::shared_ptr<const TlsPort> port, Accepted accepted);

    void on_ready(std::uint32_t epoll_events) override;
    void on_tick(TimePoint at) override;
    void drain() override { leave(); }
    void kill() noexcept override { leave(); }

  private:
    void take(std::string bytes);
    void work(const std::string& bytes) noexcept;
    void proceed();
    void watch();
    bool put_out();
    void refuse();
    void cut(events::Literal why);
    void part();
    void leave() noexcept;
    int fd() const { return accepted_.fd.get(); }

    const std::shared_ptr<const TlsPort> port_;
    // Of the loop thread, but between take() and proceed(): then of the desk.
    Accepted accepted_;
    std::string output_;
    std::uint64_t id_ = 0;
    std::size_t taken_ = 0;
    bool parting_ = false;
    TimePoint deadline_;
};

}  // namespace gantry::net
