#include "engine/net/http.hpp"
#include "engine/net/lobby.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::net {
namespace {

using std::chrono::hours;
using P = PortOptions;
using S = StreamOptions;
using H = HttpOptions;

constexpr milliseconds shortest{1};
constexpr hours longest{24};
constexpr settings::ByteSize largest = std::size_t(1) << 30;

}  // namespace

const settings::Schema<P>& port_schema() {
    static const auto schema =
        settings::Schema<P>("port", "A TCP port that the engine listens on.")
            .option("address", &P::address, "address to listen on; 0.0.0.0 or :: for every network of this machine")
            .example("\"0.0.0.0\"")
            .option("port", &P::port, "TCP port; 0 takes any free one")
            .option("max_connections", &P::max_connections, "connections at the same time; further ones are closed")
            .range(1, 1'000'000)
            .option("max_per_peer", &P::max_per_peer, "connections from one address at the same time; 0 is no limit")
            .range(0, 1'000'000)
            .option("max_refusals_per_peer", &P::max_refusals_per_peer,
                    "how often one address may be refused in a minute before it is not let in for the rest of it; 0 is "
                    "no limit")
            .range(0, 1'000'000);
    return schema;
}

const settings::Schema<S>& stream_schema() {
    static const auto schema =
        settings::Schema<S>("stream", "How patient the engine is with a connection that carries many messages.")
            .option("idle_timeout", &S::idle_timeout, "closes a connection that is silent for this long; 0 is never")
            .range(milliseconds(0), longest)
            .option("unit_timeout", &S::unit_timeout, "closes a connection whose message is not finished after this")
            .range(shortest, longest)
            .option("write_timeout", &S::write_timeout, "closes a connection that does not take an answer within this")
            .range(shortest, longest)
            .option("max_output", &S::max_output, "closes a connection that leaves more than this unread")
            .range(settings::ByteSize(1024), largest);
    return schema;
}

const settings::Schema<H>& http_schema() {
    static const auto schema =
        settings::Schema<H>("http", "The HTTP server.")
            .option("head_timeout", &H::head_timeout, "for the head of a request, and its body up to 256 KiB")
            .range(shortest, longest)
            .option("request_timeout", &H::request_timeout, "for the rest of a larger body, in total")
            .range(shortest, longest)
            .option("write_timeout", &H::write_timeout, "for one response, in total")
            .range(shortest, longest)
            .option("keep_alive", &H::keep_alive, "closes a connection that is silent between requests for this long")
            .range(shortest, longest)
            .option("max_head", &H::max_head, "size of the head of a request")
            .range(settings::ByteSize(1024), settings::ByteSize(1u << 20))
            .option("max_body", &H::max_body, "size of the body of a request")
            .range(settings::ByteSize(0), largest)
            .option("max_threads", &H::max_threads, "requests worked on at the same time")
            .range(1, 10'000);
    return schema;
}

}  // namespace gantry::net
