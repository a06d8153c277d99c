// One listening socket in the loop: accepts, applies the limits of the port, survives a process without descriptors.
#pragma once
#include <functional>
#include <memory>

#include "engine/net/admission.hpp"
#include "engine/net/lobby.hpp"
#include "engine/net/loop.hpp"

namespace gantry::net {

class Listener final : public Watched {
  public:
    using Welcome = std::function<void(Accepted)>;  // loop thread

    Listener(Loop& loop, events::Sink& sink, ConfigName name, Fd socket, std::shared_ptr<Admission> admission,
             Welcome welcome);

    // Loop thread: starts accepting.
    static void enter(const std::shared_ptr<Listener>& self);

    void on_ready(std::uint32_t epoll_events) override;
    void on_tick(TimePoint at) override;
    void drain() override { close(); }
    void kill() noexcept override;
    void close() noexcept;  // loop thread
    // Loop thread, before close(): whoever has connected already, and would be cut off by it, comes in.
    void accept_waiting() {
        if (id_ != 0) on_ready(0);
    }
    // Loop thread: who is accepted from now on is welcomed so.
    void replace(ConfigName name, Welcome welcome);

  private:
    void admit(Fd fd, const SocketAddress& address);
    void shed();
    bool repeated(TimePoint& last);

    Loop& loop_;
    events::Sink& sink_;
    ConfigName name_;
    Fd socket_, reserve_;
    std::shared_ptr<Admission> admission_;
    Welcome welcome_;
    std::uint64_t id_ = 0;
    bool resting_ = false;
    TimePoint last_refusal_{}, last_shortage_{};
};

}  // namespace gantry::net
