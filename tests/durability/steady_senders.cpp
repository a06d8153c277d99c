#include "tests/durability/steady_senders.hpp"

#include <array>
#include <chrono>
#include <optional>

#include "engine/hl7/mllp.hpp"
#include "engine/net/client.hpp"

namespace gantry::durability {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds patience(20'000);
constexpr unsigned patients = 500;  // shared by all connections

}  // namespace

class SteadySenders::Line {
  public:
    explicit Line(std::uint16_t port) : port_(port) {}

    bool connect() {
        auto made = net::connect("127.0.0.1", port_, patience);
        if (!made) return false;
        stream_ = std::move(*made);
        decoder_ = hl7::MllpDecoder();
        return true;
    }

    // Nothing: the connection could not be made or broke.
    std::optional<std::string> exchange(const std::string& message) {
        if (!stream_ && !connect()) return std::nullopt;
        const auto frame = hl7::mllp_frame(message);
        if (!stream_->write(frame.data(), frame.size(), patience)) return hang_up();
        std::array<char, 4096> buffer;
        for (;;) {
            if (auto reply = decoder_.next()) return std::move(reply->content);
            const auto got = stream_->read(buffer.data(), buffer.size(), patience);
            if (!got || *got == 0) return hang_up();
            decoder_.feed({buffer.data(), *got});
        }
    }

  private:
    std::optional<std::string> hang_up() {
        stream_.reset();
        return std::nullopt;
    }

    std::uint16_t port_;
    std::unique_ptr<ByteStream> stream_;
    hl7::MllpDecoder decoder_;
};

SteadySenders::SteadySenders(Options options) : options_(std::move(options)) {
    for (unsigned number = 0; number < options_.connections; ++number) {
        lines_.push_back(std::make_unique<Line>(options_.port));
        if (!lines_.back()->connect()) ++broken_;
    }
    for (unsigned number = 0; number < options_.connections; ++number)
        threads_.emplace_back([this, number] { work(number, *lines_[number]); });
}

SteadySenders::~SteadySenders() {
    stop();
}

void SteadySenders::stop() {
    stopping_ = true;
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
}

void SteadySenders::work(unsigned number, Line& line) {
    std::vector<Acknowledged> mine;
    const auto name = options_.name + "-" + std::to_string(number) + "-";
    const std::chrono::duration<double> interval(options_.connections / options_.per_second);
    auto due = steady_clock::now() +
               std::chrono::duration_cast<steady_clock::duration>(interval * number / options_.connections);
    for (unsigned serial = 1; !stopping_; ++serial) {
        std::this_thread::sleep_until(due);
        due += std::chrono::duration_cast<steady_clock::duration>(interval);
        Acknowledged entry;
        entry.control_id = entry.placer = name + std::to_string(serial);
        entry.patient = "S" + std::to_string((serial * 7 + number) % patients);
        entry.message = order_message(entry.control_id, entry.patient, entry.placer, "NW", "REASON", 0);
        std::optional<std::string> reply;
        while (!(reply = line.exchange(entry.message)) && !stopping_) ++broken_;
        if (!reply) break;
        entry.reply = std::move(*reply);
        if (entry.reply.find("\rMSA|AA|" + entry.control_id) == std::string::npos)
            ++refused_;
        else
            mine.push_back(std::move(entry));
    }
    const std::lock_guard lock(mutex_);
    journal_.insert(journal_.end(), mine.begin(), mine.end());
}

}  // namespace gantry::durability
