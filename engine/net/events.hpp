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

// A peer did not come in, because of `why`: what is wrong with it, or what it says is wrong here.
struct TlsRefused {
    ConfigName port;
    Peer peer;
    events::Literal why;
};

// Certificate, key or authorities of a port have changed and were read again.
struct TlsFilesRead {
    ConfigName port;
    std::int64_t days_left;
};

// The same, but they cannot be used: those read before go on.
struct TlsFilesUnusable {
    ConfigName port;
};

// The certificate of a port ends soon, or has ended (negative).
struct TlsCertificateEnds {
    ConfigName port;
    std::int64_t days_left;
};

void emit(events::Sink& sink, const PortOpened& event);
void emit(events::Sink& sink, const PeerTurnedAway& event);
void emit(events::Sink& sink, const DescriptorsExhausted& event);
void emit(events::Sink& sink, const PeerCut& event);
void emit(events::Sink& sink, const HandlerFailed& event);
void emit(events::Sink& sink, const TlsRefused& event);
void emit(events::Sink& sink, const TlsFilesRead& event);
void emit(events::Sink& sink, const TlsFilesUnusable& event);
void emit(events::Sink& sink, const TlsCertificateEnds& event);

}  // namespace gantry::net
