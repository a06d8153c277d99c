// Passes in steps, at the engine's clock; what is told and counted; and that it ends when it shall.
#include "engine/runtime/retention_worker.hpp"

#include <map>

#include "tests/engine/runtime/pipeline_parts.hpp"

using namespace gantry;
using namespace gantry::runtime;
using runtime::testing::patience;

namespace {

// Answers what it is given, then that a pass is through.
class ScriptedRetention final : public store::Retention {
  public:
    Result<store::Removed> remove_some(const store::RetentionPolicy& policy, Instant now, std::size_t most) override {
        const std::lock_guard lock(mutex_);
        ++calls_;
        last_now_ = now, last_most_ = most, last_age_ = policy.content_age;
        changed_.notify_all();
        store::Removed nothing;
        nothing.finished = true;
        if (steps_.empty()) return nothing;
        auto step = steps_.front();
        steps_.erase(steps_.begin());
        return step;
    }
    void will(Result<store::Removed> step) { steps_.push_back(std::move(step)); }
    bool called(int times) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, [&] { return calls_ >= times; });
    }
    int calls() {
        const std::lock_guard lock(mutex_);
        return calls_;
    }
    Instant last_now() {
        const std::lock_guard lock(mutex_);
        return last_now_;
    }
    std::size_t last_most() {
        const std::lock_guard lock(mutex_);
        return last_most_;
    }
    std::optional<std::chrono::seconds> last_age() {
        const std::lock_guard lock(mutex_);
        return last_age_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Result<store::Removed>> steps_;
    int calls_ = 0;
    Instant last_now_;
    std::size_t last_most_ = 0;
    std::optional<std::chrono::seconds> last_age_;
};

class Told final : public events::Sink {
  public:
    void emit(const events::View& event) noexcept override {
        const std::lock_guard lock(mutex_);
        std::string line(event.name.text());
        for (const auto* field = event.begin; field != event.end; ++field)
            line += " " + std::string(field->key.text()) + "=" + events::to_text(field->value);
        lines_.push_back(line);
    }
    std::vector<std::string> lines() {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

  private:
    std::mutex mutex_;
    std::vector<std::string> lines_;
};

store::Removed step(std::int64_t contents, std::int64_t messages, std::int64_t returned, bool finished) {
    return {contents, messages, 100 * (contents + messages), returned, finished};
}

struct Parts {
    Parts() {
        options.policy.content_age = std::chrono::hours(24);
        options.every = std::chrono::hours(24);
        options.pause = std::chrono::milliseconds(1);
        options.batch = 17;
    }
    std::unique_ptr<RetentionWorker> start() {
        return std::make_unique<RetentionWorker>(options, retention, clock, told, [this](const store::Removed& one) {
            counted.contents += one.contents;
            counted.messages += one.messages;
        });
    }
    RetentionOptions options;
    ScriptedRetention retention;
    FixedClock clock{Instant{42}};
    Told told;
    store::Removed counted;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(retention_worker)

BOOST_FIXTURE_TEST_CASE(a_pass_is_told_once_with_its_sums, Parts) {
    retention.will(step(17, 0, 0, false));
    retention.will(step(3, 5, 0, false));
    retention.will(step(0, 0, 4096, false));
    retention.will(step(0, 0, 0, true));
    const auto worker = start();
    BOOST_TEST(retention.called(4));
    worker->stop();
    worker->stop();
    BOOST_TEST(told.lines() ==
                   (std::vector<std::string>{"retention_pass contents=20 messages=5 bytes=2500 returned_bytes=4096"}),
               boost::test_tools::per_element());
    BOOST_TEST(counted.contents == 20);
    BOOST_TEST(counted.messages == 5);
    BOOST_TEST(retention.last_now().micros == 42);
    BOOST_TEST(retention.last_most() == 17u);
    BOOST_CHECK(retention.last_age() == std::chrono::hours(24));
}

BOOST_FIXTURE_TEST_CASE(a_pass_with_nothing_to_do_is_silent, Parts) {
    options.every = std::chrono::seconds(0);
    const auto worker = start();
    BOOST_TEST(retention.called(3));  // pass after pass
    worker->stop();
    BOOST_TEST(told.lines().empty());
}

BOOST_FIXTURE_TEST_CASE(a_failure_ends_the_pass_and_not_the_worker, Parts) {
    options.every = std::chrono::seconds(0);
    retention.will(step(1, 0, 0, false));
    retention.will(Error{ErrorCode::storage_unavailable, {}, {}});
    retention.will(step(2, 0, 0, true));
    const auto worker = start();
    BOOST_TEST(retention.called(4));
    worker->stop();
    BOOST_TEST(
        told.lines() == (std::vector<std::string>{"retention_failed error=storage.unavailable",
                                                  "retention_pass contents=1 messages=0 bytes=100 returned_bytes=0",
                                                  "retention_pass contents=2 messages=0 bytes=200 returned_bytes=0"}),
        boost::test_tools::per_element());
}

// Were the rests slept through, this would take a day.
BOOST_FIXTURE_TEST_CASE(it_ends_in_the_middle_of_a_pass, Parts) {
    options.pause = std::chrono::hours(24);
    retention.will(step(1, 0, 0, false));
    retention.will(step(1, 0, 0, false));
    const auto worker = start();
    BOOST_TEST(retention.called(1));
    worker->stop();
    BOOST_TEST(counted.contents == 1);
}

// A year ahead, and everything would be gone.
BOOST_FIXTURE_TEST_CASE(a_clock_that_is_set_ahead_is_not_believed_at_once, Parts) {
    options.every = std::chrono::seconds(0);
    const auto worker = start();
    BOOST_TEST(retention.called(2));
    constexpr std::int64_t year = 365 * std::int64_t{86'400'000'000};
    clock.set({42 + year});
    BOOST_TEST(retention.called(retention.calls() + 3));
    BOOST_TEST(retention.last_now().micros < year);
    worker->stop();
    BOOST_TEST(told.lines() == std::vector<std::string>{"clock_set_ahead"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
