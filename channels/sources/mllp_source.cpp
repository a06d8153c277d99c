#include "channels/sources/mllp_source.hpp"

#include <deque>

#include "engine/hl7/mllp.hpp"

namespace gantry::channels {
namespace {

// How many frames of one connection may be on their way to the commit. Most senders wait for each answer; more than a
// few only serves those that do not.
constexpr std::size_t most_in_flight = 8;

// What the loop thread and the committer's thread share of one connection.
struct Exchange {
    explicit Exchange(std::shared_ptr<net::Connection> peer) : connection(std::move(peer)) {}

    // One answer is ready. Resumes a reader that waits for it, and ends a connection that only waited for answers.
    void answered(std::string reply) {
        connection->send(hl7::mllp_frame(reply));
        const std::lock_guard lock(mutex);
        --in_flight;
        if (held_back) {
            held_back = false;
            connection->resume_reading();
        }
        if (ended && in_flight == 0) connection->close();
    }

    std::shared_ptr<net::Connection> connection;
    std::mutex mutex;
    std::size_t in_flight = 0;
    bool held_back = false, ended = false;
};

class MllpSession final : public net::StreamHandler {
  public:
    MllpSession(std::shared_ptr<net::Connection> connection, const MllpOptions& options, runtime::Intake& intake,
                std::shared_ptr<const runtime::Mapper> mapper, const Clock& clock)
        : exchange_(std::make_shared<Exchange>(std::move(connection))),
          decoder_(options.max_message.count),
          intake_(intake),
          mapper_(std::move(mapper)),
          clock_(clock) {}

    void on_data(std::string_view bytes) override {
        decoder_.feed(bytes);
        pump();
    }

    void on_resume() override { pump(); }

    bool on_end_of_input() override {
        pump();
        const std::lock_guard lock(exchange_->mutex);
        exchange_->ended = true;
        return exchange_->in_flight == 0 && !kept_;
    }

    void on_close() override {}

  private:
    void pump() {
        while (!must_wait()) {
            if (!kept_) {
                auto frame = decoder_.next();
                if (!frame) break;
                kept_ = inbound(std::move(*frame));
            }
            if (!submit_kept()) break;
        }
        if (decoder_.in_frame())
            exchange_->connection->begin_unit();
        else
            exchange_->connection->end_unit();
    }

    bool must_wait() {
        const std::lock_guard lock(exchange_->mutex);
        if (exchange_->in_flight < most_in_flight) return false;
        exchange_->held_back = true;
        exchange_->connection->pause_reading();
        return true;
    }

    runtime::Inbound inbound(hl7::MllpFrame frame) const {
        runtime::Inbound out{std::move(frame.content), exchange_->connection->peer().text(), clock_.now(), {}};
        if (frame.too_large) out.broken = Error{ErrorCode::net_too_large, {}, {}};
        return out;
    }

    bool submit_kept() {
        using Submitted = runtime::Intake::Submitted;
        count(1);
        const auto submitted = intake_.submit(
            mapper_, std::move(*kept_), exchange_->connection->id(),
            [exchange = exchange_](store::Committed done) { exchange->answered(std::move(done.reply)); });
        if (submitted == Submitted::taken) {
            kept_.reset();
            return true;
        }
        count(-1);
        exchange_->connection->pause_reading();
        if (submitted == Submitted::full)
            intake_.when_room([connection = exchange_->connection] { connection->resume_reading(); });
        else
            exchange_->connection->close();  // stopping: not acknowledged, so the sender sends it again
        return false;
    }

    void count(int change) {
        const std::lock_guard lock(exchange_->mutex);
        exchange_->in_flight += static_cast<std::size_t>(change);
    }

    std::shared_ptr<Exchange> exchange_;
    hl7::MllpDecoder decoder_;
    runtime::Intake& intake_;
    std::shared_ptr<const runtime::Mapper> mapper_;
    const Clock& clock_;
    std::optional<runtime::Inbound> kept_;  // read, and not yet taken by the intake
};

}  // namespace

const settings::Schema<MllpOptions>& mllp_schema() {
    static const auto schema =
        settings::Schema<MllpOptions>("mllp", "HL7 v2 over MLLP: each message is acknowledged after its commit.")
            .option("address", &MllpOptions::address, "address to listen on")
            .option("port", &MllpOptions::port, "TCP port; 0 takes any free one")
            .range(0, 65535)
            .option("max_message", &MllpOptions::max_message, "a longer message is refused with AE")
            .range(settings::ByteSize{1024}, settings::ByteSize{1u << 30})
            .option("frame_timeout", &MllpOptions::frame_timeout,
                    "a message that was begun must be complete after this")
            .range(std::chrono::milliseconds(100), std::chrono::hours(1))
            .option("idle_timeout", &MllpOptions::idle_timeout,
                    "closes a connection that is silent for so long; 0s: never")
            .option("max_connections", &MllpOptions::max_connections, "further ones are refused")
            .range(1, 100'000)
            .option("max_connections_per_peer", &MllpOptions::max_connections_per_peer, "from one address; 0: no limit")
            .range(0, 100'000);
    return schema;
}

MllpSource::MllpSource(ConfigName channel, MllpOptions options, net::Lobby& lobby, runtime::Intake& intake,
                       std::shared_ptr<const runtime::Mapper> mapper, const Clock& clock)
    : channel_(std::move(channel)),
      options_(std::move(options)),
      lobby_(lobby),
      intake_(intake),
      mapper_(std::move(mapper)),
      clock_(clock) {}

Result<void> MllpSource::start() {
    net::PortOptions port;
    port.name = channel_;
    port.address = options_.address;
    port.port = static_cast<std::uint16_t>(options_.port);
    port.max_connections = options_.max_connections;
    port.max_per_peer = options_.max_connections_per_peer;
    net::StreamOptions stream;
    stream.unit_timeout = options_.frame_timeout;
    stream.idle_timeout = options_.idle_timeout;
    auto added = lobby_.add_port(std::move(port), stream, [this](std::shared_ptr<net::Connection> connection) {
        return std::make_unique<MllpSession>(std::move(connection), options_, intake_, mapper_, clock_);
    });
    if (!added) return added.error();
    port_ = *added;
    return {};
}

void MllpSource::stop() {
    if (port_) lobby_.close_port(*port_);
}

std::uint16_t MllpSource::bound_port() const {
    return port_ ? lobby_.bound_port(*port_) : std::uint16_t{0};
}

}  // namespace gantry::channels
