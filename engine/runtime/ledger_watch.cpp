#include "engine/runtime/ledger_watch.hpp"

namespace gantry::runtime {

LedgerWatch::LedgerWatch(const Options& options, store::Ledger& ledger, events::Sink& events)
    : options_(options), ledger_(ledger), events_(events), thread_("ledger watch", [this] { run(); }) {}

void LedgerWatch::run() {
    auto next_count = std::chrono::steady_clock::now() + options_.count_after;
    do {
        if (std::chrono::steady_clock::now() >= next_count) {
            count_rows();
            next_count = std::chrono::steady_clock::now() + options_.count_every;
        }
        (void)look();
    } while (thread_.rest(options_.every));
}

Result<LedgerWatch::State> LedgerWatch::look() {
    auto sums = ledger_.sums();
    if (!sums) return sums.error();
    State out{*sums, std::nullopt};
    {
        const std::lock_guard lock(mutex_);
        out.missing_rows = missing_rows_;
    }
    judge(out);
    return out;
}

bool LedgerWatch::balanced() const {
    const std::lock_guard lock(mutex_);
    return balanced_;
}

void LedgerWatch::judge(const State& state) {
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(balanced_, state.balanced()) == state.balanced()) return;
    }
    if (state.balanced())
        return events::emit(events_, "ledger_balanced", events::Level::info,
                            "what was received is the sum of what became of it again");
    events::emit(events_, "ledger_mismatch", events::Level::error,
                 "what was received is not the sum of what became of it: was the database changed by hand?",
                 {{"received", state.sums.received},
                  {"removed", state.sums.removed},
                  {"outcomes", state.sums.rows()},
                  {"missing_rows", state.missing_rows.value_or(0)}});
}

// Between two looks at the sums: there are at least the rows there were, without those that were removed meanwhile, and
// no more than have come.
void LedgerWatch::count_rows() {
    const auto before = ledger_.sums();
    const auto newest = ledger_.newest();
    if (!before || !newest) return;
    std::int64_t rows = 0;
    for (MessageId after; after < *newest;) {
        const auto part = ledger_.count_rows(after, options_.part);
        if (!part) return;
        rows += part->rows;
        if (!part->last) break;
        after = part->last;
        if (!thread_.rest(options_.pause)) return;
    }
    const auto after = ledger_.sums();
    if (!after) return;
    const auto least = before->rows() - (after->removed - before->removed);
    const auto most = before->rows() + (after->received - before->received);
    const std::lock_guard lock(mutex_);
    missing_rows_ = rows < least ? least - rows : rows > most ? most - rows : 0;
}

}  // namespace gantry::runtime
