// What operators see of the lobby and of HTTP: one struct per event.
#pragma once
#include <cstdint>

#include "engine/base/events.hpp"

namespace gantry::net {

struct PortOpened {
    ConfigName port;
    std::int64_t number;
};

// A limit of the port was reached; `repeated`: not the first within a second, so not worth another line in the log.
struct PeerTurnedAway {
    ConfigName port;
    Peer peer;
    bool repeated;
};

// The process has no file descriptors left: a new connection was closed at once.
struct DescriptorsExhausted {
    ConfigName port;
    bool repeated;
};

// The engine ended a connection because of `why`: a deadline or a limit.
struct PeerCut {
    ConfigName port;
    Peer peer;
    events::Literal why;
};

// Code behind a connection threw; the connection was closed, or the request answered with 500.
struct HandlerFailed {
    ConfigName port;
    Peer peer;
};

void emit(events::Sink& sink, const PortOpened& event);
void emit(events::Sink& sink, const PeerTurnedAway& event);
void emit(events::Sink& sink, const DescriptorsExhausted& event);
void emit(events::Sink& sink, const PeerCut& event);
void emit(events::Sink& sink, const HandlerFailed& event);

}  // namespace gantry::net
