// Source `mllp`: HL7 v2 over MLLP (HL7 v2.9 appendix C, release 1) on a TCP port of the lobby.
//
// Each frame is answered with one frame after its commit, in the order of the frames; in enhanced mode with none, one,
// or two, the accept acknowledgment first. Several messages in one frame,
// with or without the envelope of a batch, are messages like others; their acknowledgments come together in one frame
// (engine/hl7/batch_answer.hpp). A peer that sends faster than messages can be committed is not read from until they
// are (backpressure); it costs no thread and delays nobody.
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "engine/base/events.hpp"
#include "engine/net/lobby.hpp"
#include "engine/runtime/current_mapper.hpp"
#include "engine/runtime/ports.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::channels {

struct MllpOptions {
    std::string address = "127.0.0.1";
    int port = 2575;
    settings::ByteSize max_message{16u << 20};
    std::size_t max_batch = 1000;
    settings::ByteSize max_unfinished_per_peer{128u << 20};
    std::chrono::milliseconds frame_timeout = std::chrono::seconds(30);
    std::chrono::milliseconds idle_timeout = std::chrono::milliseconds(0);
    std::size_t max_connections = 10'000;
    std::size_t max_connections_per_peer = 0;
};
const settings::Schema<MllpOptions>& mllp_schema();

class MllpSource final : public runtime::Source {
  public:
    class Unfinished;  // private to the room

    // lobby, intake and clock must outlive the source's connections. Each message is interpreted by the mapper that is
    // current when it is complete.
    MllpSource(ConfigName channel, MllpOptions options, net::Lobby& lobby, runtime::Intake& intake,
               std::shared_ptr<const runtime::CurrentMapper> mapper, const Clock& clock);
    ~MllpSource() override;

    Result<void> start() override;
    Result<void> take_over(runtime::Source& before) override;
    void retire() override;
    // What was only read in part is not acknowledged, so its sender sends it again.
    void stop() override;
    std::string place() const override;
    // The port listened on, for port 0.
    std::uint16_t bound_port() const;

  private:
    net::PortOptions port_options() const;
    net::StreamOptions stream_options() const;
    net::StreamFactory sessions() const;

    ConfigName channel_;
    MllpOptions options_;
    net::Lobby& lobby_;
    runtime::Intake& intake_;
    std::shared_ptr<const runtime::CurrentMapper> mapper_;
    const Clock& clock_;
    std::shared_ptr<Unfinished> unfinished_;  // of the port's connections
    std::optional<net::PortId> port_;
};

}  // namespace gantry::channels
