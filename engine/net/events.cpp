#include "engine/net/events.hpp"

namespace gantry::net {

using events::Level;

void emit(events::Sink& sink, const PortOpened& event) {
    events::emit(sink, "port_opened", Level::info, "a port accepts connections",
                 {{"port", event.port}, {"number", event.number}});
}

void emit(events::Sink& sink, const PeerTurnedAway& event) {
    events::emit(sink, "peer_turned_away", event.repeated ? Level::debug : Level::warning,
                 "a connection was refused because the port has reached a limit",
                 {{"port", event.port}, {"peer", event.peer}});
}

void emit(events::Sink& sink, const DescriptorsExhausted& event) {
    events::emit(sink, "descriptors_exhausted", event.repeated ? Level::debug : Level::error,
                 "the process has no file descriptors left; raise its limit", {{"port", event.port}});
}

void emit(events::Sink& sink, const PeerCut& event) {
    events::emit(sink, "peer_cut", Level::info, "a connection was ended by the engine",
                 {{"port", event.port}, {"peer", event.peer}, {"why", event.why}});
}

void emit(events::Sink& sink, const HandlerFailed& event) {
    events::emit(sink, "connection_handler_failed", Level::error, "code behind a connection failed",
                 {{"port", event.port}, {"peer", event.peer}});
}

void emit(events::Sink& sink, const TlsRefused& event) {
    events::emit(sink, "tls_refused", Level::warning, "a TLS handshake failed, and nobody came in",
                 {{"port", event.port}, {"peer", event.peer}, {"why", event.why}});
}

void emit(events::Sink& sink, const TlsFilesRead& event) {
    events::emit(sink, "tls_files_read", Level::info, "changed certificates of a port were read",
                 {{"port", event.port}, {"days_left", event.days_left}});
}

void emit(events::Sink& sink, const TlsFilesUnusable& event) {
    events::emit(sink, "tls_files_unusable", Level::error,
                 "changed certificates of a port cannot be used, those before go on; gantry check says why",
                 {{"port", event.port}});
}

void emit(events::Sink& sink, const TlsCertificateEnds& event) {
    events::emit(sink, "tls_certificate_ends", Level::warning, "the certificate of a port ends soon, or has ended",
                 {{"port", event.port}, {"days_left", event.days_left}});
}

}  // namespace gantry::net
