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
#include <string>

#include "channels/sources/listening_source.hpp"
#include "engine/base/events.hpp"
#include "engine/net/http.hpp"
#include "engine/runtime/current_mapper.hpp"

namespace gantry::channels {

struct HttpSourceOptions : ListeningOptions {
    HttpSourceOptions() { port = 8081; }

    std::string path = "/";
    settings::ByteSize max_message{16u << 20};
    std::size_t max_batch = 1000;
    std::chrono::milliseconds request_timeout = std::chrono::seconds(60);
    std::chrono::milliseconds commit_timeout = std::chrono::seconds(30);
    std::size_t max_requests = 200;
};
const settings::Schema<HttpSourceOptions>& http_source_schema();

class HttpSource final : public ListeningSource {
  public:
    class Session;  // private to the room

    // lobby, intake, clock and sink must outlive the source's connections.
    HttpSource(ConfigName channel, HttpSourceOptions options, net::Lobby& lobby, runtime::Intake& intake,
               std::shared_ptr<const runtime::CurrentMapper> mapper, const Clock& clock, events::Sink& sink);
    ~HttpSource() override;

    // Requests that are under way are answered; further ones of the connections that are there get 503.
    void stop() override;
    std::string place() const override;

  private:
    Result<net::PortId> open() override;
    void go_on(net::PortId port, ListeningSource& before) override;
    net::HttpOptions http_options() const;
    net::HttpRouter router() const;

    const HttpSourceOptions options_;
    events::Sink& sink_;
    const std::shared_ptr<Session> session_;
};

}  // namespace gantry::channels
