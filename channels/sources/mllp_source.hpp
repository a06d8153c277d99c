// Source `mllp`: HL7 v2 over MLLP (HL7 v2.9 appendix C, release 1) on a TCP port of the lobby.
//
// Each frame is answered with one frame after its commit, in the order of the frames. Several messages in one frame,
// with or without the envelope of a batch, are messages like others; their acknowledgments come together in one frame
// (engine/hl7/batch_answer.hpp). A peer that sends faster than messages can be committed is not read from until they
// are (backpressure); it costs no thread and delays nobody.
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "engine/base/events.hpp"
#include "engine/net/lobby.hpp"
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
    // lobby, intake and events must outlive the source; mapper is shared with the messages under way.
    MllpSource(ConfigName channel, MllpOptions options, net::Lobby& lobby, runtime::Intake& intake,
               std::shared_ptr<const runtime::Mapper> mapper, const Clock& clock);

    Result<void> start() override;
    // Closes the listening socket; messages the intake has taken are committed and answered. What was only read is not
    // acknowledged, so its sender sends it again.
    void stop() override;
    std::string place() const override;
    // The port listened on, for port 0.
    std::uint16_t bound_port() const;

  private:
    ConfigName channel_;
    MllpOptions options_;
    net::Lobby& lobby_;
    runtime::Intake& intake_;
    std::shared_ptr<const runtime::Mapper> mapper_;
    const Clock& clock_;
    std::optional<net::PortId> port_;
};

}  // namespace gantry::channels
