// Connection of a stream port: see connection.hpp for what it promises.
//
// States: open → closing (output is still queued) → lingering (everything delivered, our side shut down, input is
// discarded until the peer closes or a second has passed) → closed. broken: the socket was shut down by a thread that
// may not close it; the loop closes it next.
#pragma once
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/net/admission.hpp"
#include "engine/net/lobby.hpp"
#include "engine/net/loop.hpp"

namespace gantry::net {

// What the connections of one stream port share.
struct StreamPort {
    ConfigName name;
    StreamOptions options;
    StreamFactory factory;
    events::Sink& sink;
    Loop& loop;
    std::shared_ptr<const std::atomic<bool>> over;  // its connections are to end; noticed at the next tick
};

class StreamConnection final : public Connection,
                               public Watched,
                               public std::enable_shared_from_this<StreamConnection> {
  public:
    // Loop thread. Puts the connection into the loop and gives it a handler.
    static void open(std::shared_ptr<const StreamPort> port, Accepted accepted);

    StreamConnection(std::shared_ptr<const StreamPort> port, Accepted accepted);

    bool send(std::string bytes) override;
    void close() override;
    void pause_reading() override;
    void resume_reading() override;
    void begin_unit() override;
    void end_unit() override;
    const Peer& peer() const override { return peer_; }
    bool loopback() const override { return loopback_; }
    std::uint64_t id() const override { return id_; }

    void on_ready(std::uint32_t epoll_events) override;
    void on_tick(TimePoint at) override;
    void drain() override;
    void kill() noexcept override;

  private:
    enum class State : std::uint8_t { open, closing, lingering, broken, closed };
    struct Chunk {
        std::string bytes;
        TimePoint queued;
    };

    void begin(const std::string& early);
    void receive(bool hung_up);
    void take(std::string_view bytes, bool discard);
    void queue(std::string bytes);
    void end_input(bool by_peer);
    void flush();
    void resume();
    bool reading() const;
    bool write_front();
    bool write_tls();
    void update_interest();
    void linger();
    void abandon(std::optional<events::Literal> why);
    std::optional<events::Literal> overdue(TimePoint at) const;
    void teardown(std::optional<events::Literal> why);

    const std::shared_ptr<const StreamPort> port_;
    const Peer peer_;
    const bool loopback_;
    std::uint64_t id_ = 0;
    std::unique_ptr<StreamHandler> handler_;  // loop thread only
    bool began_ = false;                      // something came; loop thread only

    std::mutex mutex_;  // guards what follows; only Loop::post's mutex is taken under it
    Accepted accepted_;
    State state_ = State::open;
    bool paused_ = false, resuming_ = false;
    bool peer_done_ = false;   // it has shut down its sending side
    bool input_over_ = false;  // that, or the lobby stops: nothing more goes to the handler
    std::deque<Chunk> output_;
    std::size_t output_size_ = 0;  // unsent bytes
    std::size_t front_sent_ = 0;   // of the first chunk
    std::uint32_t interest_;
    TimePoint last_activity_, paused_at_, linger_until_;
    std::optional<TimePoint> unit_deadline_;
    std::optional<events::Literal> broken_why_;
};

}  // namespace gantry::net
