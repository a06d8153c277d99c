#include "channels/sources/mllp_source.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/hl7/batch_answer.hpp"
#include "engine/hl7/mllp.hpp"

namespace gantry::channels {
namespace {

// How many frames of one connection may be on their way to the commit. Most senders wait for each answer; more than a
// few only serves those that do not.
constexpr std::size_t most_in_flight = 8;

// What a peer may leave unread: the answer to a long batch must not be taken for a peer that does not read.
constexpr settings::ByteSize largest_answer{4u << 20};

// Below this an unfinished message is not worth counting.
constexpr std::size_t small_message = 64 * 1024;

// The acknowledgments of one batch, until it has all of them.
struct BatchInProgress {
    hl7::BatchAnswer answer;
    std::vector<std::string> acknowledgments;
    std::size_t open;
};

// One message on its way to the intake.
struct Waiting {
    runtime::Inbound message;
    std::shared_ptr<BatchInProgress> batch;  // null: a frame of its own
    std::size_t place = 0;                   // in the batch
};

// What the loop thread and the committer's thread share of one connection.
struct Exchange {
    explicit Exchange(std::shared_ptr<net::Connection> peer) : connection(std::move(peer)) {}

    // One acknowledgment is ready. Resumes a reader that waits for it, and ends a connection that only waited for
    // answers.
    void answered(std::string reply, const std::shared_ptr<BatchInProgress>& batch, std::size_t place) {
        if (!batch) connection->send(hl7::mllp_frame(reply));
        const std::lock_guard lock(mutex);
        if (batch) gather(*batch, std::move(reply), place);
        --in_flight;
        if (held_back) {
            held_back = false;
            connection->resume_reading();
        }
        if (ended && in_flight == 0) connection->close();
    }

    void gather(BatchInProgress& batch, std::string reply, std::size_t place) {
        batch.acknowledgments[place] = std::move(reply);
        if (--batch.open == 0) connection->send(hl7::mllp_frame(batch.answer.text(batch.acknowledgments)));
    }

    std::shared_ptr<net::Connection> connection;
    std::mutex mutex;
    std::size_t in_flight = 0;
    bool held_back = false, ended = false;
};

std::string address_of(const Peer& peer) {
    return peer.text().substr(0, peer.text().rfind(':'));
}

}  // namespace

// How much the unfinished messages of each address take. Loop thread, but for allow().
class MllpSource::Unfinished {
  public:
    explicit Unfinished(std::size_t most) : most_(most) {}

    // Any thread. Holds from the next bytes on.
    void allow(std::size_t most) { most_ = most; }

    // What one connection of the address takes has changed. False: together it is more than is allowed.
    bool change(const std::string& address, std::size_t from, std::size_t to) {
        if (from == to) return true;
        auto& total = bytes_[address];
        total = total - from + to;
        const bool allowed = total <= most_;
        if (total == 0) bytes_.erase(address);
        return allowed;
    }

  private:
    std::atomic<std::size_t> most_;
    std::unordered_map<std::string, std::size_t> bytes_;
};

namespace {

class MllpSession final : public net::StreamHandler {
  public:
    MllpSession(std::shared_ptr<net::Connection> connection, const MllpOptions& options, runtime::Intake& intake,
                std::shared_ptr<const runtime::CurrentMapper> mapper, const Clock& clock,
                std::shared_ptr<MllpSource::Unfinished> unfinished)
        : address_(address_of(connection->peer())),
          unfinished_(std::move(unfinished)),
          exchange_(std::make_shared<Exchange>(std::move(connection))),
          decoder_(options.max_message.count),
          max_batch_(options.max_batch),
          intake_(intake),
          mapper_(std::move(mapper)),
          clock_(clock) {}

    void on_data(std::string_view bytes) override {
        decoder_.feed(bytes);
        pump();
        if (count_unfinished() || !decoder_.in_frame()) return;
        waiting_.push_back({inbound(decoder_.give_up().content), nullptr, 0});
        waiting_.back().message.broken =
            Error{ErrorCode::overloaded, "too many bytes of unfinished messages from this address", {}};
        pump();
        count_unfinished();
    }

    void on_resume() override { pump(); }

    bool on_end_of_input() override {
        pump();
        const std::lock_guard lock(exchange_->mutex);
        exchange_->ended = true;
        return exchange_->in_flight == 0 && waiting_.empty();
    }

    void on_close() override { unfinished_->change(address_, counted_, 0); }

  private:
    void pump() {
        while (!must_wait()) {
            if (waiting_.empty()) {
                auto frame = decoder_.next();
                if (!frame) break;
                take(std::move(*frame));
            }
            if (!submit_next()) break;
        }
        if (decoder_.in_frame())
            exchange_->connection->begin_unit();
        else
            exchange_->connection->end_unit();
    }

    // False: more than the address may have.
    bool count_unfinished() {
        const auto held = decoder_.in_frame() && decoder_.held() > small_message ? decoder_.held() : 0;
        return unfinished_->change(address_, std::exchange(counted_, held), held);
    }

    bool must_wait() {
        const std::lock_guard lock(exchange_->mutex);
        if (exchange_->in_flight < most_in_flight) return false;
        exchange_->held_back = true;
        exchange_->connection->pause_reading();
        return true;
    }

    runtime::Inbound inbound(std::string bytes) const {
        return {std::move(bytes), exchange_->connection->peer().text(), clock_.now(), {}};
    }

    void take(hl7::MllpFrame frame) {
        if (!frame.too_large && hl7::may_be_batch(frame.content)) {
            const auto batch = hl7::split_batch(frame.content);
            if (batch.several()) return take(batch, frame.content);
        }
        waiting_.push_back({inbound(std::move(frame.content)), nullptr, 0});
        if (frame.too_large) waiting_.back().message.broken = Error{ErrorCode::net_too_large, {}, {}};
    }

    // A batch that cannot be taken is refused like one message.
    void take(const hl7::Batch& batch, const std::string& bytes) {
        if (batch.messages.empty() || batch.messages.size() > max_batch_) {
            waiting_.push_back({inbound(bytes), nullptr, 0});
            waiting_.back().message.broken =
                batch.messages.empty()
                    ? Error{ErrorCode::hl7_not_hl7, "a batch without messages", "MSH"}
                    : Error{ErrorCode::hl7_too_many, "more than " + std::to_string(max_batch_) + " in one batch", {}};
            return;
        }
        const auto count = batch.messages.size();
        const auto all = std::make_shared<BatchInProgress>(
            BatchInProgress{hl7::BatchAnswer(batch), std::vector<std::string>(count), count});
        for (std::size_t i = 0; i < count; ++i) waiting_.push_back({inbound(std::string(batch.messages[i])), all, i});
    }

    bool submit_next() {
        using Submitted = runtime::Intake::Submitted;
        count(1);
        auto& next = waiting_.front();
        const auto submitted =
            intake_.submit(mapper_->get(), std::move(next.message), exchange_->connection->id(),
                           [exchange = exchange_, batch = next.batch, place = next.place](store::Committed done) {
                               exchange->answered(std::move(done.reply), batch, place);
                           });
        if (submitted == Submitted::taken) {
            waiting_.pop_front();
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

    const std::string address_;
    const std::shared_ptr<MllpSource::Unfinished> unfinished_;
    std::size_t counted_ = 0;  // there, of this connection
    std::shared_ptr<Exchange> exchange_;
    hl7::MllpDecoder decoder_;
    const std::size_t max_batch_;
    runtime::Intake& intake_;
    std::shared_ptr<const runtime::CurrentMapper> mapper_;
    const Clock& clock_;
    std::deque<Waiting> waiting_;  // of the frame read last, what the intake has not taken
};

}  // namespace

const settings::Schema<MllpOptions>& mllp_schema() {
    static const auto schema = [] {
        settings::Schema<MllpOptions> out("mllp", "HL7 v2 over MLLP: each message is acknowledged after its commit.");
        declare_place(out);
        out.option("max_message", &MllpOptions::max_message, "a longer message is refused with AE")
            .range(settings::ByteSize{1024}, settings::ByteSize{1u << 30})
            .option("max_batch", &MllpOptions::max_batch,
                    "messages in one frame (a batch); a longer batch is refused as a whole")
            .range(1, 100'000)
            .option("max_unfinished_per_peer", &MllpOptions::max_unfinished_per_peer,
                    "bytes of unfinished messages from one address; a message that goes beyond is refused with AR")
            .range(settings::ByteSize{1u << 20}, settings::ByteSize{std::size_t(1) << 40})
            .option("frame_timeout", &MllpOptions::frame_timeout,
                    "a message that was begun must be complete after this")
            .range(std::chrono::milliseconds(100), std::chrono::hours(1))
            .option("idle_timeout", &MllpOptions::idle_timeout,
                    "closes a connection that is silent for so long; 0s: never");
        declare_limits(out);
        return out;
    }();
    return schema;
}

MllpSource::MllpSource(ConfigName channel, MllpOptions options, net::Lobby& lobby, runtime::Intake& intake,
                       std::shared_ptr<const runtime::CurrentMapper> mapper, const Clock& clock)
    : ListeningSource(std::move(channel), options, lobby),
      options_(std::move(options)),
      intake_(intake),
      mapper_(std::move(mapper)),
      clock_(clock),
      unfinished_(std::make_shared<Unfinished>(options_.max_unfinished_per_peer.count)) {}

MllpSource::~MllpSource() = default;

net::StreamOptions MllpSource::stream_options() const {
    net::StreamOptions out;
    out.unit_timeout = options_.frame_timeout;
    out.idle_timeout = options_.idle_timeout;
    out.max_output = largest_answer;
    return out;
}

// Needs nothing of the source: a connection may be accepted while its source is being replaced.
net::StreamFactory MllpSource::sessions() const {
    return [options = options_, &intake = intake_, mapper = mapper_, &clock = clock_,
            unfinished = unfinished_](std::shared_ptr<net::Connection> connection) {
        return std::make_unique<MllpSession>(std::move(connection), options, intake, mapper, clock, unfinished);
    };
}

Result<net::PortId> MllpSource::open() {
    return lobby().add_port(port_options(), stream_options(), sessions());
}

void MllpSource::go_on(net::PortId port, ListeningSource& before) {
    unfinished_ = static_cast<MllpSource&>(before).unfinished_;  // its connections go on, and what they take counts
    unfinished_->allow(options_.max_unfinished_per_peer.count);
    lobby().replace_port(port, port_options(), stream_options(), sessions());
}

void MllpSource::stop() {
    if (port()) lobby().end_port(*port());
}

}  // namespace gantry::channels
