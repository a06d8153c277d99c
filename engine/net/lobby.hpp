// The lobby: one thread owns every listening socket and every connection that has not yet said something complete, so
// that slow and idle peers cost a descriptor and no thread. Two kinds of ports:
//   stream ports    the connection stays in the loop for its whole life (connection.hpp);
//   detached ports  the lobby reads the first complete unit within a size and a deadline, then a thread gets the
//                   connection as a stream that replays what was read.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/events.hpp"
#include "engine/base/result.hpp"
#include "engine/net/connection.hpp"
#include "engine/net/replay_stream.hpp"
#include "engine/settings/units.hpp"

namespace gantry::net {

class TlsServer;
struct TlsServerOptions;

using std::chrono::milliseconds;

struct PortOptions {
    ConfigName name;  // in events
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any free one
    std::size_t max_connections = 10'000;
    std::size_t max_per_peer = 0;  // connections from one address; 0: no limit
    // How often one address may be refused by the protocol within a minute before it is not let in for the rest of it;
    // 0: no limit. Refusals are counted by detached ports: Greeting::refuse and ByteStream::count_refusal().
    std::size_t max_refusals_per_peer = 0;
    // Ends TLS: what serves the port sees plain text, and nobody before the handshake is done. None: no TLS.
    std::shared_ptr<TlsServer> tls{};
};

// Deadlines are noticed up to 250 ms late.
struct StreamOptions {
    milliseconds idle_timeout{0};  // nothing was sent or received between units; 0: never
    milliseconds unit_timeout{30'000};
    milliseconds write_timeout{30'000};        // how long one answer may wait for the peer to take it
    settings::ByteSize max_output = 1u << 20;  // bytes the peer may leave unread
};

struct DetachedOptions {
    std::size_t max_unit = 64u << 10;   // bytes of the first unit
    milliseconds unit_timeout{10'000};  // from accept (or the first byte of a further unit) to the complete unit
    milliseconds idle_timeout{5'000};   // before the first byte of a further unit
    milliseconds linger{0};             // how long a thread waits for a further unit before giving the stream back
    std::size_t max_threads = 200;      // each serves one connection at a time
};

// What the bytes so far are.
struct Greeting {
    enum class Verdict : std::uint8_t { need_more, complete, refuse, too_large };
    Verdict verdict = Verdict::need_more;
    std::size_t need =
        0;  // need_more: do not ask again before there are so many bytes; complete: once there are so many
};
// Any thread; pure. bytes: never empty. seen: how many of them were there when it last answered need_more, or 0.
using Greeter = std::function<Greeting(std::string_view bytes, std::size_t seen)>;

// Why the lobby ends a connection before it reaches a thread, or instead of it.
enum class Parting : std::uint8_t {
    busy,
    too_large,
    too_slow,
    refused,
    plain_text  // it speaks no TLS, and the port does
};

struct DetachedService {
    Greeter greet;
    // Runs on a thread of the port. Answers nullptr when it is done with the connection; or the stream it was given, to
    // be called again when the next unit is complete (HTTP keep-alive). An exception ends the connection.
    std::function<std::unique_ptr<ReplayStream>(std::unique_ptr<ReplayStream>)> serve;
    // Loop thread; the protocol's last words, may be empty. No answer is given to a peer that never sent a byte.
    std::function<std::string(Parting)> part;
};

struct PortId {
    std::size_t value = 0;
};

// Any thread unless said otherwise.
class Lobby {
  public:
    // sink must outlive the lobby.
    explicit Lobby(events::Sink& sink);
    // As stop() without patience.
    ~Lobby();

    // Listens at once; connections are served from start() on. May be called before and after start().
    // Errors: net_address_in_use, net_cannot_listen.
    Result<PortId> add_port(const PortOptions& port, StreamOptions options, StreamFactory factory);
    Result<PortId> add_port(const PortOptions& port, DetachedOptions options, DetachedService service);
    // What a port of this lobby ends TLS with; its events go where those of the lobby go. Errors: config_missing_file.
    Result<std::shared_ptr<TlsServer>> make_tls(const ConfigName& port, const TlsServerOptions& options);
    std::uint16_t bound_port(PortId port) const;

    // Stops listening there; connections go on.
    void close_port(PortId port);
    // From now on new connections of a stream port are served so and within these limits. Its socket stays open
    // (address and port number are not looked at), connections that are there go on as they were.
    void replace_port(PortId port, const PortOptions& limits, StreamOptions options, StreamFactory factory);
    // The same of a detached port. A connection that comes back between units stays with who served it before.
    void replace_port(PortId port, const PortOptions& limits, DetachedOptions options, DetachedService service);
    // Stops listening at a stream port and ends its connections as stop() would, without a limit of patience: nothing
    // more is read, what is outstanding is answered. Returns at once.
    void end_port(PortId port);

    void start();

    // Closes every listening socket; connections go on.
    void stop_accepting();

    // Ends everything: idle peers at once, those with an answer outstanding after it, all when `patience` has passed.
    // Returns when no connection and no thread of the lobby is left; a detached service that does not return although
    // its stream fails delays it. Not from a thread of the lobby. Further calls do nothing.
    void stop(milliseconds patience = milliseconds(5'000));

    // Connections of all ports, for the console and tests.
    std::size_t connections() const;

  private:
    class Rooms;
    std::unique_ptr<Rooms> rooms_;
};

// Raises the soft limit of file descriptors to the hard one; answers the limit now in force. Call once at start.
std::size_t raise_descriptor_limit();

}  // namespace gantry::net
