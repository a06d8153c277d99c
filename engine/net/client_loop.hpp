// Many outgoing connections on the caller's own thread: for load that must cost little itself. One level-triggered
// epoll; an exchange costs one send, one receive and its share of a wait.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/byte_stream.hpp"
#include "engine/net/socket.hpp"

namespace gantry::net {

class TlsClient;
class TlsSession;

// Told by ClientLoop::wait(). Connections count from 0.
class ClientHandler {
  public:
    virtual ~ClientHandler() = default;
    // bytes: valid during the call only; cut anywhere.
    virtual void on_data(std::size_t connection, std::string_view bytes) = 0;
    // The last call for this connection.
    virtual void on_close(std::size_t connection, const Error& why) = 0;
};

// One thread.
class ClientLoop {
  public:
    // Opens `count` connections, each within `timeout`; all or none; through TLS where it is given. Errors:
    // net_refused, net_timeout, internal, config_missing_file.
    static Result<ClientLoop> connect(const std::string& host, std::uint16_t port, std::size_t count,
                                      milliseconds timeout, TlsClient* tls = nullptr);

    std::size_t size() const { return connections_.size(); }
    // Never blocks: what the socket does not take at once leaves during wait(). Nothing happens on a closed connection.
    void send(std::size_t connection, std::string_view bytes);
    // Waits up to `most` for something to happen and tells the handler, which may send() from inside.
    void wait(ClientHandler& handler, milliseconds most);

  private:
    struct Connection {
        std::unique_ptr<ByteStream> stream;  // none: closed
        TlsSession* tls = nullptr;           // of the stream
        std::string unsent;
    };
    explicit ClientLoop(Fd epoll) : epoll_(std::move(epoll)), buffer_(std::size_t{64} * 1024) {}
    bool watch(std::size_t connection, int operation, std::uint32_t events);
    void put(std::size_t connection, std::string_view bytes);
    void flush(std::size_t connection);
    void take(std::size_t connection, std::string_view bytes, ClientHandler& handler);
    void receive(std::size_t connection, ClientHandler& handler);
    void close(std::size_t connection, const std::string& why, ClientHandler& handler);

    Fd epoll_;
    std::vector<Connection> connections_;
    std::vector<char> buffer_;
};

}  // namespace gantry::net
