#include "engine/main/send_load.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "engine/hl7/mllp.hpp"
#include "engine/net/client_loop.hpp"
#include "engine/net/tls.hpp"

namespace gantry {
namespace {

using net::milliseconds;
using net::TimePoint;

// Different for each run, so that no message is taken for a copy of an earlier run's: milliseconds in base 36.
std::string run_name() {
    auto rest = std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    std::string out = "-";
    for (; rest > 0; rest /= 36) out.insert(out.begin(), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest % 36]);
    return out;
}

class Load final : public net::ClientHandler {
  public:
    Load(const SendOptions& options, const std::vector<MessageTemplate>& templates,
         const std::function<void(std::uint64_t)>& progress)
        : options_(options), templates_(templates), progress_(progress), run_(run_name()) {}

    LoadResult run() {
        if (!open_journal()) return std::move(result_);
        std::optional<net::TlsClient> tls;
        if (options_.tls) tls.emplace(*options_.tls);
        auto loop = net::ClientLoop::connect(options_.host, options_.port, options_.connections, options_.timeout,
                                             tls ? &*tls : nullptr);
        if (!loop) {
            result_.failure = loop.error();
            return std::move(result_);
        }
        loop_ = &*loop;
        peers_.resize(loop->size());
        result_.latencies.reserve(options_.repeat);
        begin_ = last_answer_ = net::now();
        for (std::size_t i = 0; i < peers_.size(); ++i) next(i, begin_);
        while (!result_.failure && result_.answered() < options_.repeat) turn();
        result_.seconds = seconds(last_answer_ - begin_);
        std::sort(result_.latencies.begin(), result_.latencies.end());
        return std::move(result_);
    }

    void on_data(std::size_t connection, std::string_view bytes) override {
        auto& decoder = peers_[connection].decoder;
        decoder.feed(bytes);
        while (const auto frame = decoder.next()) {
            last_answer_ = net::now();
            count(peers_[connection], acknowledgment_code(frame->content));
            next(connection, last_answer_);
        }
    }

    void on_close(std::size_t connection, const Error& why) override {
        if (peers_[connection].busy || issued_ < options_.repeat) result_.failure = why;
    }

  private:
    struct Exchange {
        hl7::MllpDecoder decoder;
        bool busy = false;
        TimePoint sent;
        std::string control_id;
    };

    static double seconds(net::TimePoint::duration time) { return std::chrono::duration<double>(time).count(); }

    bool open_journal() {
        if (options_.journal.empty()) return true;
        journal_ = net::Fd(::open(options_.journal.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
        if (!journal_) result_.failure = Error{ErrorCode::config_missing_file, options_.journal.string(), {}};
        return static_cast<bool>(journal_);
    }

    // When the next message may leave.
    TimePoint due() const {
        if (options_.rate <= 0) return begin_;
        const std::chrono::duration<double> after(static_cast<double>(issued_) / options_.rate);
        return begin_ + std::chrono::duration_cast<TimePoint::duration>(after);
    }

    void next(std::size_t connection, TimePoint at) {
        auto& peer = peers_[connection];
        peer.busy = false;
        if (issued_ >= options_.repeat) return;
        if (due() > at) return idle_.push_back(connection);
        const auto& one = templates_[issued_ % templates_.size()];
        if (options_.scatter)
            one.write({}, scattered(options_.start + issued_), frame_, peer.control_id, run_);
        else
            one.write(run_, options_.start + issued_, frame_, peer.control_id);
        ++issued_;
        peer.busy = true;
        peer.sent = at;
        loop_->send(connection, frame_);
    }

    void turn() {
        auto at = net::now();
        while (!idle_.empty() && issued_ < options_.repeat && due() <= at) {
            const auto connection = idle_.back();
            idle_.pop_back();
            next(connection, at);
        }
        const auto until_due = std::chrono::ceil<milliseconds>(due() - at);
        loop_->wait(*this,
                    idle_.empty() ? milliseconds(250) : std::clamp(until_due, milliseconds(0), milliseconds(250)));
        at = net::now();
        const bool waiting = std::any_of(peers_.begin(), peers_.end(), [&](const auto& peer) {
            return peer.busy && at - peer.sent > options_.timeout;
        });
        if (waiting) result_.failure = Error{ErrorCode::net_timeout, options_.host, {}};
        if (at - told_ > std::chrono::seconds(1)) {
            told_ = at;
            progress_(result_.answered());
        }
    }

    void count(Exchange& peer, std::string_view code) {
        const auto latency = std::chrono::duration_cast<std::chrono::microseconds>(last_answer_ - peer.sent).count();
        result_.latencies.push_back(static_cast<std::uint32_t>(latency));
        if (accepted(code)) {
            ++result_.accepted;
            write_journal(peer.control_id);
        } else {
            ++(code == "AE" || code == "CE" ? result_.errors : result_.rejected);
        }
    }

    // One write() per line: what it has written is in the kernel, whatever becomes of this process.
    void write_journal(const std::string& control_id) {
        if (!journal_) return;
        const auto line = control_id + "\n";
        if (::write(journal_.get(), line.data(), line.size()) != std::ssize(line))
            result_.failure = Error{ErrorCode::config_missing_file, options_.journal.string(), {}};
    }

    const SendOptions& options_;
    const std::vector<MessageTemplate>& templates_;
    const std::function<void(std::uint64_t)>& progress_;
    const std::string run_;
    net::ClientLoop* loop_ = nullptr;
    std::vector<Exchange> peers_;
    std::vector<std::size_t> idle_;  // connections that wait for their turn under a rate
    net::Fd journal_;
    std::string frame_;
    std::uint64_t issued_ = 0;
    TimePoint begin_, last_answer_, told_ = net::now();
    LoadResult result_;
};

}  // namespace

double LoadResult::percentile(double part) const {
    if (latencies.empty()) return 0;
    const auto rank = static_cast<std::size_t>(std::ceil(part * static_cast<double>(latencies.size())));
    return latencies[std::clamp<std::size_t>(rank, 1, latencies.size()) - 1] / 1000.0;
}

LoadResult run_load(const SendOptions& options, const std::vector<MessageTemplate>& templates,
                    const std::function<void(std::uint64_t)>& progress) {
    return Load(options, templates, progress).run();
}

}  // namespace gantry
