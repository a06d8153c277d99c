// Group commit on SQLite: a batch of units in one transaction and one fsync.
#pragma once
#include <atomic>

#include "engine/store/sqlite/documents.hpp"
#include "engine/store/sqlite/ledger_counts.hpp"
#include "engine/store/sqlite/records.hpp"
#include "engine/store/sqlite/writer.hpp"
#include "engine/store/unit_outcome.hpp"

namespace gantry::store::sqlite {

class SqliteIntake final : public Intake {
  public:
    SqliteIntake(Writer& writer, const StoreOptions& options, const Clock& clock, events::Sink& events);
    std::vector<Committed> commit(std::span<Unit> units) override;

    // What the last commit says about the next one: ok, or why it was refused; none: it was more than a second ago. Any
    // thread.
    std::optional<Result<void>> recently() const;

  private:
    Committed apply(Unit& unit, Instant now);
    void count(std::size_t received);
    std::vector<Committed> apply_separately(std::span<Unit> units, Instant now);
    Committed apply_behind_savepoint(Unit& unit, Instant now);
    std::vector<Committed> refuse_all(std::span<Unit> units, const Failure& failure, Instant now);
    std::vector<Committed> stored(std::vector<Committed> units);
    std::optional<EarlierCopy> earlier_copy(const Unit& unit, std::string_view digest, Instant now);
    ReplyMatch match(const Unit& unit);
    std::int64_t last_number(const Unit& unit);
    Committed write(const Unit& unit, Decision decision, Instant now);
    void write_message(const Unit& unit, const Decision& decision, Instant now);
    void write_reprocessing(const Reprocessing& how, const effects::UnitOutcome& outcome, Instant now);
    void write_change(const Unit& unit, std::int64_t message, const effects::Plan& plan, Instant now);
    void write_deliveries(const Unit& unit, const Decision& decision, Instant now);

    Writer& writer_;
    std::chrono::seconds duplicate_window_;
    const Clock& clock_;
    events::Sink& events_;
    IdSource ids_;
    StoredRecords records_;
    DocumentWriter documents_;
    RecordWriter record_writer_;
    Statement find_copy_, retire_copy_, insert_message_, insert_body_, insert_change_, insert_delivery_,
        insert_delivery_body_, find_awaited_, note_answer_, find_number_, keep_number_, insert_reprocessing_,
        settle_original_, savepoint_, release_, rollback_to_;
    LedgerTally tally_;  // of the transaction under way
    LedgerCounts counts_;
    std::atomic<std::int64_t> committed_at_{0}, refused_at_{0};      // microseconds
    std::atomic<int> trouble_{SQLITE_OK}, last_trouble_{SQLITE_OK};  // of the last commit, of the last refused one
};

}  // namespace gantry::store::sqlite
