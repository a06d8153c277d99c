// ReplayStream over one TCP socket, through TLS where the connection has it. Every read and write has a total deadline,
// kept by poll().
#pragma once
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/net/admission.hpp"
#include "engine/net/replay_stream.hpp"

namespace gantry::net {

class SocketStream final : public ReplayStream {
  public:
    // replay: what was already read from the socket, which must be non-blocking.
    explicit SocketStream(Accepted connection, std::string replay = {})
        : connection_(std::move(connection)), replay_(std::move(replay)) {}
    ~SocketStream() override;

    // As a client: until the handshake is done, or the stop is requested. Errors: net_refused, with why; net_timeout;
    // net_closed when it was stopped.
    Result<void> shake_hands(std::unique_ptr<TlsSession> session, TimePoint deadline, const std::stop_token& stop);

    Result<std::size_t> read(char* into, std::size_t most, milliseconds wait) override;
    Result<void> write(const char* from, std::size_t size, milliseconds wait) override;
    bool readable(milliseconds wait) override;
    void shut_down() noexcept override;
    const Peer& peer() const override { return connection_.peer; }
    bool loopback() const override { return connection_.loopback; }
    int descriptor() const override { return connection_.fd.get(); }
    void count_refusal() noexcept override { connection_.ticket.count_refusal(); }
    void unread(std::string_view bytes) override;
    void finish() override;

    // Of the connection, or nullptr: for who moves the bytes of the descriptor itself.
    TlsSession* tls() const { return connection_.tls.get(); }
    bool finished() const { return finished_; }
    std::string_view buffered() const { return std::string_view(replay_).substr(replayed_); }
    // Reads what arrives within `wait` into the replay buffer, once. False: nothing came, or the peer closed.
    bool gather(milliseconds wait);
    // Takes the stream apart; it must not be used any more.
    Accepted release() { return std::move(connection_); }

  private:
    Result<std::size_t> read_tls(char* into, std::size_t most, TimePoint deadline);
    Result<bool> take_more(TimePoint deadline);
    Result<void> look(TimePoint deadline, const std::stop_token& stop);
    Result<void> put(std::string_view bytes, TimePoint deadline);
    Error closed() const;
    std::size_t replay(char* into, std::size_t most);

    Accepted connection_;
    std::string replay_;
    std::size_t replayed_ = 0;
    bool finished_ = false;
};

}  // namespace gantry::net
