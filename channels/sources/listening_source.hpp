// What sources that listen on a TCP port of the lobby have in common: where and for how many they listen, and the life
// of the port, from start() or take_over() to retire().
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "engine/net/lobby.hpp"
#include "engine/net/tls_options.hpp"
#include "engine/runtime/ports.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::channels {

// The options of such a source are a struct made from this one.
struct ListeningOptions {
    std::string address = "127.0.0.1";
    int port = 0;
    std::size_t max_connections = 10'000;
    std::size_t max_connections_per_peer = 0;
    std::optional<net::TlsServerOptions> tls{};
};

// Declares where it listens, and how.
template <class Options>
void declare_place(settings::Schema<Options>& schema) {
    std::string Options::*const address = &Options::address;
    int Options::*const port = &Options::port;
    schema.option("address", address, "address to listen on")
        .option("port", port, "TCP port; 0 takes any free one")
        .range(0, 65535);
    std::optional<net::TlsServerOptions> Options::*const tls = &Options::tls;
    schema.object("tls", tls, net::tls_server_schema(), "senders must speak TLS; without it they speak plain text");
}

// Declares for how many it listens.
template <class Options>
void declare_limits(settings::Schema<Options>& schema) {
    std::size_t Options::*const all = &Options::max_connections;
    std::size_t Options::*const per_peer = &Options::max_connections_per_peer;
    schema.option("max_connections", all, "further ones are refused")
        .range(1, 100'000)
        .option("max_connections_per_peer", per_peer, "from one address; 0: no limit")
        .range(0, 100'000);
}

class ListeningSource : public runtime::Source {
  public:
    // Errors: as Lobby::add_port and Lobby::make_tls.
    Result<void> start() override;
    // Of a source of the same class the socket is taken, whatever address and port the options say; after any other it
    // starts.
    Result<void> take_over(runtime::Source& before) override;
    void retire() override;
    std::string place() const override;
    // The port listened on, for port 0; 0: it does not listen, or somebody took over.
    std::uint16_t bound_port() const;

  protected:
    // lobby must outlive the source.
    ListeningSource(ConfigName channel, const ListeningOptions& listening, net::Lobby& lobby);

    net::Lobby& lobby() const { return lobby_; }
    net::PortOptions port_options() const;
    // Nothing: as bound_port() 0.
    std::optional<net::PortId> port() const { return port_; }

  private:
    // Opens the port for what this source does with connections.
    virtual Result<net::PortId> open() = 0;
    // Does so with who comes to `port` from now on, which was opened by `before`, a source of the same class.
    virtual void go_on(net::PortId port, ListeningSource& before) = 0;

    Result<void> make_tls();

    const ConfigName channel_;
    const ListeningOptions listening_;
    net::Lobby& lobby_;
    std::shared_ptr<net::TlsServer> tls_;
    std::optional<net::PortId> port_;
};

}  // namespace gantry::channels
