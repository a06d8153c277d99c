#include "channels/sources/listening_source.hpp"

#include <typeinfo>
#include <utility>

namespace gantry::channels {

ListeningSource::ListeningSource(ConfigName channel, const ListeningOptions& listening, net::Lobby& lobby)
    : channel_(std::move(channel)), listening_(listening), lobby_(lobby) {}

net::PortOptions ListeningSource::port_options() const {
    net::PortOptions out;
    out.name = channel_;
    out.address = listening_.address;
    out.port = static_cast<std::uint16_t>(listening_.port);
    out.max_connections = listening_.max_connections;
    out.max_per_peer = listening_.max_connections_per_peer;
    out.tls = tls_;
    return out;
}

Result<void> ListeningSource::make_tls() {
    if (!listening_.tls) return {};
    auto made = lobby_.make_tls(channel_, *listening_.tls);
    if (!made) return made.error();
    tls_ = std::move(*made);
    return {};
}

Result<void> ListeningSource::start() {
    if (auto made = make_tls(); !made) return made;
    auto opened = open();
    if (!opened) return opened.error();
    port_ = *opened;
    return {};
}

Result<void> ListeningSource::take_over(runtime::Source& before) {
    auto* other = typeid(before) == typeid(*this) ? dynamic_cast<ListeningSource*>(&before) : nullptr;
    if (!other || !other->port_) return start();
    if (auto made = make_tls(); !made) return made;
    port_ = std::exchange(other->port_, std::nullopt);
    go_on(*port_, *other);
    return {};
}

void ListeningSource::retire() {
    if (port_) lobby_.close_port(*port_);
}

std::string ListeningSource::place() const {
    return listening_.address + ":" + std::to_string(bound_port());
}

std::uint16_t ListeningSource::bound_port() const {
    return port_ ? lobby_.bound_port(*port_) : std::uint16_t{0};
}

}  // namespace gantry::channels
