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

#include "channels/sources/listening_source.hpp"
#include "engine/runtime/current_mapper.hpp"

namespace gantry::channels {

struct MllpOptions : ListeningOptions {
    MllpOptions() { port = 2575; }

    settings::ByteSize max_message{16u << 20};
    std::size_t max_batch = 1000;
    settings::ByteSize max_unfinished_per_peer{128u << 20};
    std::chrono::milliseconds frame_timeout = std::chrono::seconds(30);
    std::chrono::milliseconds idle_timeout = std::chrono::milliseconds(0);
};
const settings::Schema<MllpOptions>& mllp_schema();

class MllpSource final : public ListeningSource {
  public:
    class Unfinished;  // private to the room

    // lobby, intake and clock must outlive the source's connections. Each message is interpreted by the mapper that is
    // current when it is complete.
    MllpSource(ConfigName channel, MllpOptions options, net::Lobby& lobby, runtime::Intake& intake,
               std::shared_ptr<const runtime::CurrentMapper> mapper, const Clock& clock);
    ~MllpSource() override;

    // What was only read in part is not acknowledged, so its sender sends it again.
    void stop() override;

  private:
    Result<net::PortId> open() override;
    void go_on(net::PortId port, ListeningSource& before) override;
    net::StreamOptions stream_options() const;
    net::StreamFactory sessions() const;

    const MllpOptions options_;
    runtime::Intake& intake_;
    std::shared_ptr<const runtime::CurrentMapper> mapper_;
    const Clock& clock_;
    std::shared_ptr<Unfinished> unfinished_;  // of the port's connections
};

}  // namespace gantry::channels
