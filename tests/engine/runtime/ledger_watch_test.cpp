#include "engine/runtime/ledger_watch.hpp"

#include <boost/test/unit_test.hpp>
#include <future>

using namespace gantry;

namespace {

// Rows 1 to `rows`, and sums that say `sums.rows()`.
class FakeLedger final : public store::Ledger {
  public:
    Result<std::vector<store::MessageSummary>> latest(std::size_t) override {
        return std::vector<store::MessageSummary>{};
    }
    Result<std::vector<Count>> counts() override { return std::vector<Count>{}; }
    Result<std::int64_t> pending_deliveries() override { return std::int64_t{0}; }
    Result<Sums> sums() override {
        const std::lock_guard lock(mutex);
        return now;
    }
    Result<Part> count_rows(MessageId after, std::size_t most) override {
        const std::lock_guard lock(mutex);
        Part out;
        for (auto id = after.value + 1; id <= rows && out.rows < static_cast<std::int64_t>(most); ++id) {
            ++out.rows;
            out.last = {id};
        }
        return out;
    }
    Result<MessageId> newest() override {
        const std::lock_guard lock(mutex);
        return MessageId{rows};
    }
    void set(std::int64_t received, std::int64_t stored, std::int64_t there) {
        const std::lock_guard lock(mutex);
        now.received = received;
        now.outcomes = {};
        now.outcomes[1] = stored;
        rows = there;
    }

    std::mutex mutex;
    Sums now;
    std::int64_t rows = 0;
};

class Names final : public events::Sink {
  public:
    void emit(const events::View& event) noexcept override {
        const std::lock_guard lock(mutex_);
        names_.emplace_back(event.name.text());
        changed_.notify_all();
    }
    void wait_for(const std::vector<std::string>& names) {
        std::unique_lock lock(mutex_);
        BOOST_REQUIRE(changed_.wait_for(lock, std::chrono::seconds(60), [&] { return names_ == names; }));
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> names_;
};

constexpr std::chrono::milliseconds soon(1), never(3'600'000);

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_ledger_watch)

BOOST_AUTO_TEST_CASE(a_difference_is_told_once_and_its_end_too) {
    FakeLedger ledger;
    Names told;
    ledger.set(10, 9, 9);
    runtime::LedgerWatch watch({soon, never, never, soon, 3}, ledger, told);
    told.wait_for({"ledger_mismatch"});
    BOOST_TEST(!watch.balanced());
    BOOST_TEST(watch.look().value().sums.difference() == 1);
    ledger.set(10, 10, 10);
    told.wait_for({"ledger_mismatch", "ledger_balanced"});
    BOOST_TEST(watch.balanced());
}

BOOST_AUTO_TEST_CASE(a_row_that_is_not_there_is_found_by_counting) {
    FakeLedger ledger;
    Names told;
    ledger.set(10, 10, 8);
    runtime::LedgerWatch watch({soon, never, std::chrono::milliseconds(0), soon, 3}, ledger, told);
    told.wait_for({"ledger_mismatch"});
    BOOST_TEST(watch.look().value().missing_rows.value() == 2);
    BOOST_TEST(watch.look().value().sums.difference() == 0);
}

BOOST_AUTO_TEST_CASE(sums_that_match_are_not_worth_a_word) {
    FakeLedger ledger;
    Names told;
    ledger.set(10, 10, 10);
    runtime::LedgerWatch watch({soon, never, std::chrono::milliseconds(0), soon, 3}, ledger, told);
    while (!watch.look().value().missing_rows) std::this_thread::yield();
    BOOST_TEST(watch.look().value().balanced());
    watch.stop();
    told.wait_for({});
}

BOOST_AUTO_TEST_SUITE_END()
