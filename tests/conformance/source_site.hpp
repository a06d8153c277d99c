// A source as the engine runs it: made by the catalogue from JSON, in front of the real pipeline, the real mapper and a
// store on SQLite, whose commits the test can hold and fail.
#pragma once
#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#include "channels/catalog/catalog.hpp"
#include "channels/sources/hl7_mapper.hpp"
#include "engine/runtime/intake_pipeline.hpp"
#include "tests/conformance/source_setup.hpp"
#include "tests/engine/store/sample_units.hpp"
#include "tests/mappings/language/shipped.hpp"
#include "tests/support/fault_proxy.hpp"

namespace gantry::conformance {

// The store's intake, behind a gate.
class Gate final : public store::Intake {
  public:
    explicit Gate(store::Intake& behind) : behind_(behind) {}

    std::vector<store::Committed> commit(std::span<store::Unit> units) override {
        {
            std::unique_lock lock(mutex_);
            arrived_ += units.size();
            changed_.notify_all();
            changed_.wait(lock, [&] { return !held_; });
            if (std::exchange(fails_, false)) return failed(units);
        }
        return behind_.commit(units);
    }
    void hold(bool held) {
        const std::lock_guard lock(mutex_);
        held_ = held;
        changed_.notify_all();
    }
    // The next commit stores nothing.
    void fail_once() {
        const std::lock_guard lock(mutex_);
        fails_ = true;
    }
    // Until so many messages have come to a commit.
    void wait_for(std::size_t messages) {
        std::unique_lock lock(mutex_);
        BOOST_REQUIRE(changed_.wait_for(lock, patience, [&] { return arrived_ >= messages; }));
    }

  private:
    static std::vector<store::Committed> failed(std::span<store::Unit> units) {
        std::vector<store::Committed> out(units.size());
        for (std::size_t i = 0; i < units.size(); ++i) {
            out[i].outcome.outcome = effects::Outcome::rejected;
            out[i].outcome.error = Error{ErrorCode::storage_unavailable, {}, {}};
            out[i].reply = units[i].reply(out[i].outcome, store::testing::monday);
        }
        return out;
    }

    store::Intake& behind_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t arrived_ = 0;
    bool held_ = false, fails_ = false;
};

class SourceSite {
  public:
    explicit SourceSite(const SourceSetup& setup, std::size_t waiting = 1024)
        : gate(site->intake()),
          pipeline(gate, {2, waiting, 256u << 20, 256}, [](auto, auto) {}),
          setup_(setup),
          source_(make()) {
        BOOST_REQUIRE(source_->start().ok());
        lobby_.start();
    }
    ~SourceSite() {
        gate.hold(false);
        end();
        pipeline.drain();
        lobby_.stop(patience);
    }
    SourceSite(const SourceSite&) = delete;
    SourceSite& operator=(const SourceSite&) = delete;

    // As the engine does it when it ends, and begins again.
    void end() {
        if (source_) source_->stop();
        source_.reset();
    }
    void begin() {
        source_ = make();
        BOOST_REQUIRE(source_->start().ok());
    }
    void stop() { source_->stop(); }
    // As the engine does it when the options change.
    void change() {
        auto next = make();
        BOOST_REQUIRE(next->take_over(*source_).ok());
        source_->retire();
        source_->stop();
        source_ = std::move(next);
    }

    std::uint16_t port() const {
        const auto place = source_->place();
        return static_cast<std::uint16_t>(std::stoi(place.substr(place.find(':') + 1)));
    }
    bool listens() const { return setup_.wire != nullptr; }
    // At the source itself, or over a proxy to it.
    std::unique_ptr<Sender> sender(std::uint16_t port = 0) {
        if (!listens()) return std::make_unique<FileSender>(data_.path(), [this] { return running_; });
        return std::make_unique<WireSender>(*setup_.wire, port == 0 ? this->port() : port);
    }
    // Until it is accepted; answers how often it was sent.
    static int send_until_accepted(Sender& sender, const std::string& message) {
        // One that is told to come again competes with all the others: on a busy machine that takes its time.
        const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(2);
        for (int count = 1; std::chrono::steady_clock::now() < limit; ++count) {
            if (sender.send(message) == Heard::accepted) return count;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        BOOST_ERROR("a message is not accepted, however often it is sent");
        return 0;
    }
    // Contents of the messages that are in, duplicates left out.
    std::vector<std::string> contents() {
        std::vector<std::string> out;
        for (const auto& message : site.latest(100'000))
            if (message.outcome == effects::Outcome::delivered) out.push_back(message.content);
        std::sort(out.begin(), out.end());
        return out;
    }
    void check_contents(std::vector<std::string> messages) {
        std::sort(messages.begin(), messages.end());
        const auto all = contents();
        BOOST_TEST((all == messages), all.size() << " messages are in and " << messages.size() << " were sent");
    }

    store::testing::Site site;
    Gate gate;
    runtime::IntakePipeline pipeline;

  private:
    std::unique_ptr<runtime::Source> make() {
        const auto kinds = channels::source_kinds();
        const auto kind =
            std::find_if(kinds.begin(), kinds.end(), [&](const auto& k) { return k.name == setup_.kind; });
        BOOST_REQUIRE(kind != kinds.end());
        const auto options = json::parse(setup_.options(data_.path()));
        BOOST_REQUIRE(options.ok());
        json::Diagnostics problems("channel.json");
        const settings::Environment environment;
        const auto reading = kind->read({*options, "/source", problems, environment});
        BOOST_REQUIRE(!problems.has_errors());
        return reading.make({ConfigName("suite"), lobby_, pipeline, clock_, mapper_, data_.path(), events::nowhere()});
    }
    static std::shared_ptr<runtime::CurrentMapper> mapper() {
        channels::Hl7Handling out;
        out.channel = "suite";
        out.mappings = mappings::testing::shipped_mappings();
        out.context = mappings::testing::filler_context();
        return std::make_shared<runtime::CurrentMapper>(std::make_shared<channels::Hl7Mapper>(std::move(out)));
    }

    const SourceSetup& setup_;
    store::testing::TemporaryDirectory data_;
    SystemClock clock_;
    std::shared_ptr<runtime::CurrentMapper> mapper_ = mapper();
    net::Lobby lobby_{events::nowhere()};
    bool running_ = true;
    std::unique_ptr<runtime::Source> source_;
};

}  // namespace gantry::conformance
