#include "engine/net/lobby.hpp"

#include <sys/resource.h>

#include <atomic>
#include <deque>
#include <mutex>
#include <vector>

#include "engine/net/detached_port.hpp"
#include "engine/net/events.hpp"
#include "engine/net/listener.hpp"
#include "engine/net/stream_connection.hpp"
#include "engine/net/tls_entrance.hpp"

namespace gantry::net {

namespace {

Admission::Limits limits_of(const PortOptions& options) {
    Admission::Limits out;
    out.connections = options.max_connections;
    out.per_peer = options.max_per_peer;
    out.refusals_per_peer = options.max_refusals_per_peer;
    return out;
}

}  // namespace

class Lobby::Rooms {
  public:
    struct Port {
        std::uint16_t number = 0;
        std::shared_ptr<Admission> admission;
        std::shared_ptr<Listener> listener;
        // Empty: a stream port. Whoever comes is served by the last one; the others have connections from before.
        std::vector<std::shared_ptr<DetachedPort>> detached;
        std::shared_ptr<std::atomic<bool>> over;  // of a stream port: its connections are to end
    };

    explicit Rooms(events::Sink& sink_) : sink(sink_) {}

    // Binds, then lets the loop accept.
    Result<PortId> open(const PortOptions& options, std::shared_ptr<DetachedPort> detached,
                        std::shared_ptr<std::atomic<bool>> over, Listener::Welcome welcome) {
        auto socket = listen_on(options.address, options.port);
        if (!socket) return std::move(socket).error();
        Port port;
        port.number = local_port(socket->get());
        port.admission = std::make_shared<Admission>(limits_of(options), occupancy);
        port.listener = std::make_shared<Listener>(loop, sink, options.name, std::move(*socket), port.admission,
                                                   std::move(welcome));
        if (detached) port.detached.push_back(std::move(detached));
        port.over = std::move(over);
        emit(sink, PortOpened{options.name, port.number});
        loop.post([listener = port.listener] { Listener::enter(listener); });
        const std::lock_guard lock(mutex);
        ports.push_back(std::move(port));
        return PortId{ports.size() - 1};
    }

    // Through TLS where the port has it.
    Listener::Welcome entrance(const PortOptions& options, Listener::Welcome welcome,
                               std::function<std::string()> to_plain_text = {}) {
        if (!options.tls) return welcome;
        const auto port = std::make_shared<const TlsPort>(
            TlsPort{options.name, options.tls, loop, desk, sink, std::move(welcome), std::move(to_plain_text)});
        return [port](Accepted accepted) { TlsEntrance::enter(port, std::move(accepted)); };
    }
    Listener::Welcome entrance(const PortOptions& options, const std::shared_ptr<DetachedPort>& detached) {
        return entrance(
            options, [detached](Accepted accepted) { detached->welcome(std::move(accepted)); },
            [detached] { return detached->last_words(Parting::plain_text); });
    }

    void replace(const Port& port, const PortOptions& limits, const Listener::Welcome& welcome) {
        loop.post([listener = port.listener, name = limits.name, welcome] { listener->replace(name, welcome); });
    }

    void close(const Port& port) {
        loop.post([listener = port.listener] {
            listener->accept_waiting();
            listener->close();
        });
    }

    Listener::Welcome welcome(const ConfigName& name, const StreamOptions& options, StreamFactory factory,
                              std::shared_ptr<std::atomic<bool>> over);

    // Connections waiting for input on a thread get an end of input; those who write go on.
    void shut_detached(int how) {
        const std::lock_guard lock(mutex);
        for (const auto& port : ports)
            if (!port.detached.empty()) port.admission->shut(how);
    }

    events::Sink& sink;
    const std::shared_ptr<Occupancy> occupancy = std::make_shared<Occupancy>();
    TlsDesk desk;
    Loop loop;
    mutable std::mutex mutex;  // guards ports
    std::deque<Port> ports;    // never shrinks: ids are indexes
    std::atomic<bool> started = false, stopped = false;
};

Lobby::Lobby(events::Sink& sink) : rooms_(std::make_unique<Rooms>(sink)) {}

Lobby::~Lobby() {
    stop(milliseconds(0));
}

Listener::Welcome Lobby::Rooms::welcome(const ConfigName& name, const StreamOptions& options, StreamFactory factory,
                                        std::shared_ptr<std::atomic<bool>> over) {
    const auto shared =
        std::make_shared<const StreamPort>(StreamPort{name, options, std::move(factory), sink, loop, std::move(over)});
    return [shared](Accepted accepted) { StreamConnection::open(shared, std::move(accepted)); };
}

Result<PortId> Lobby::add_port(const PortOptions& port, StreamOptions options, StreamFactory factory) {
    const auto over = std::make_shared<std::atomic<bool>>(false);
    auto welcome = rooms_->welcome(port.name, options, std::move(factory), over);
    return rooms_->open(port, nullptr, over, rooms_->entrance(port, std::move(welcome)));
}

Result<PortId> Lobby::add_port(const PortOptions& port, DetachedOptions options, DetachedService service) {
    auto shared = std::make_shared<DetachedPort>(rooms_->loop, rooms_->sink, port.name, options, std::move(service));
    return rooms_->open(port, shared, nullptr, rooms_->entrance(port, shared));
}

Result<std::shared_ptr<TlsServer>> Lobby::make_tls(const ConfigName& port, const TlsServerOptions& options) {
    return TlsServer::make(port, options, rooms_->sink);
}

std::uint16_t Lobby::bound_port(PortId port) const {
    const std::lock_guard lock(rooms_->mutex);
    return rooms_->ports.at(port.value).number;
}

void Lobby::close_port(PortId port) {
    const std::lock_guard lock(rooms_->mutex);
    rooms_->close(rooms_->ports.at(port.value));
}

void Lobby::replace_port(PortId id, const PortOptions& limits, StreamOptions options, StreamFactory factory) {
    const std::lock_guard lock(rooms_->mutex);
    auto& port = rooms_->ports.at(id.value);
    auto welcome = rooms_->welcome(limits.name, options, std::move(factory), port.over);
    port.admission->set_limits(limits_of(limits));
    rooms_->replace(port, limits, rooms_->entrance(limits, std::move(welcome)));
}

void Lobby::replace_port(PortId id, const PortOptions& limits, DetachedOptions options, DetachedService service) {
    auto shared = std::make_shared<DetachedPort>(rooms_->loop, rooms_->sink, limits.name, options, std::move(service));
    const std::lock_guard lock(rooms_->mutex);
    auto& port = rooms_->ports.at(id.value);
    port.detached.push_back(shared);
    port.admission->set_limits(limits_of(limits));
    rooms_->replace(port, limits, rooms_->entrance(limits, shared));
}

void Lobby::end_port(PortId id) {
    const std::lock_guard lock(rooms_->mutex);
    const auto& port = rooms_->ports.at(id.value);
    rooms_->close(port);
    *port.over = true;
}

void Lobby::start() {
    if (!rooms_->started.exchange(true)) rooms_->loop.start();
}

void Lobby::stop_accepting() {
    const std::lock_guard lock(rooms_->mutex);
    for (const auto& port : rooms_->ports) rooms_->close(port);
}

void Lobby::stop(milliseconds patience) {
    if (rooms_->stopped.exchange(true)) return;
    rooms_->loop.drain();
    rooms_->shut_detached(SHUT_RD);
    rooms_->occupancy->wait_empty(patience);
    rooms_->shut_detached(SHUT_RDWR);
    for (const auto& port : rooms_->ports)
        for (const auto& detached : port.detached) detached->close();
    rooms_->desk.close();
    rooms_->loop.stop();
}

std::size_t Lobby::connections() const {
    return rooms_->occupancy->count();
}

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

}  // namespace gantry::net
