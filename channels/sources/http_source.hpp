// Source `http`: HL7 v2 over HTTP, as HAPI's "HL7 over HTTP" has it
// (https://hapifhir.github.io/hapi-hl7v2/hapi-hl7overhttp/specification.html; its sections are named here).
//
// A POST with a message, or a batch, is answered after its commit:
//   200  with the acknowledgment, whatever it says: AE and AR are no errors of the transport (2.6). Its content type
//        and character set are those of the request (2.4).
//   415  the content type is not HL7 v2 in vertical bars, or its character set is none that contains ASCII
//   413  more bytes than max_message
//   503  with Retry-After: the engine cannot take more, cannot store now, ends, or has not committed within
//        commit_timeout. In the last case the message may be stored all the same; sent again, it is a duplicate.
// Only an answer of 200 is an HL7 message (2.6).
//
// The character set that the content type names counts, and not MSH-18 (2.4); where it names none, the message and the
// channel say it as over MLLP. A request has a thread while it is answered, for commit_timeout at most; what is not
// there as a whole yet waits in the lobby.
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/events.hpp"
#include "engine/net/http.hpp"
#include "engine/runtime/current_mapper.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::channels {

struct HttpSourceOptions {
    std::string address = "127.0.0.1";
    int port = 8081;
    std::string path = "/";
    settings::ByteSize max_message{16u << 20};
    std::size_t max_batch = 1000;
    std::chrono::milliseconds request_timeout = std::chrono::seconds(60);
    std::chrono::milliseconds commit_timeout = std::chrono::seconds(30);
    std::size_t max_requests = 200;
    std::size_t max_connections = 10'000;
    std::size_t max_connections_per_peer = 0;
};
const settings::Schema<HttpSourceOptions>& http_source_schema();

class HttpSource final : public runtime::Source {
  public:
    class Session;  // private to the room

    // lobby, intake, clock and sink must outlive the source's connections.
    HttpSource(ConfigName channel, HttpSourceOptions options, net::Lobby& lobby, runtime::Intake& intake,
               std::shared_ptr<const runtime::CurrentMapper> mapper, const Clock& clock, events::Sink& sink);
    ~HttpSource() override;

    Result<void> start() override;
    Result<void> take_over(runtime::Source& before) override;
    void retire() override;
    // Requests that are under way are answered; further ones of the connections that are there get 503.
    void stop() override;
    std::string place() const override;
    // The port listened on, for port 0.
    std::uint16_t bound_port() const;

  private:
    net::PortOptions port_options() const;
    net::HttpOptions http_options() const;
    net::HttpRouter router() const;

    ConfigName channel_;
    HttpSourceOptions options_;
    net::Lobby& lobby_;
    events::Sink& sink_;
    std::shared_ptr<Session> session_;
    std::optional<net::PortId> port_;
};

}  // namespace gantry::channels
