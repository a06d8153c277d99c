// Watches that received = Σ outcomes: compares the ledger's sums with each other every few seconds, and with the rows
// themselves about once a day. Whoever reads the last comparison reads memory.
//
// The rows are counted a part at a time, with pauses in which others have the disk. What comes meanwhile is behind the
// part that is counted, and what retention removes meanwhile it says; so a row that is missing is seen to the last one
// however busy the engine is.
//
// A difference is the event ledger_mismatch (error), once until it is gone; ledger_balanced says when it is. It never
// goes away by itself: somebody has changed the database by hand, or there is a mistake in the program. Intake goes on.
#pragma once
#include <mutex>

#include "engine/base/clock.hpp"
#include "engine/base/events.hpp"
#include "engine/base/resting_thread.hpp"
#include "engine/store/store.hpp"

namespace gantry::runtime {

class LedgerWatch {
  public:
    struct Options {
        std::chrono::milliseconds every = std::chrono::seconds(10);
        std::chrono::milliseconds count_every =
            std::chrono::hours(24);  // from the end of one count of rows to the next
        std::chrono::milliseconds count_after = std::chrono::minutes(10);  // from the start to the first
        std::chrono::milliseconds pause{100};                              // from one part to the next
        std::size_t part = 5'000;                                          // rows
    };
    struct State {
        store::Ledger::Sums sums;
        // Rows that are missing (above 0) or too many, by the last count; none: there was none yet.
        std::optional<std::int64_t> missing_rows;
        bool balanced() const { return sums.difference() == 0 && missing_rows.value_or(0) == 0; }
    };

    // Begins at once, on a thread of its own. What it is given must outlive it.
    LedgerWatch(const Options& options, store::Ledger& ledger, events::Sink& events);
    LedgerWatch(const LedgerWatch&) = delete;
    LedgerWatch& operator=(const LedgerWatch&) = delete;

    // Sums as they are now, with the last count of rows. Any thread. Errors: storage_unavailable.
    Result<State> look();
    // Any thread, without asking the database.
    bool balanced() const;
    // Returns when the thread has ended. May be called twice, by one thread.
    void stop() { thread_.stop(); }

  private:
    void run();
    void count_rows();
    void judge(const State& state);

    const Options options_;
    store::Ledger& ledger_;
    events::Sink& events_;
    mutable std::mutex mutex_;  // over all that follows
    std::optional<std::int64_t> missing_rows_;
    bool balanced_ = true;
    RestingThread thread_;
};

}  // namespace gantry::runtime
