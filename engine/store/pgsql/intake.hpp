// Group commit on PostgreSQL: a batch of units in one transaction. Several of these work side by side, each with a
// session of its own, on one node or on many.
//
// One batch: BEGIN; lock every key that its units can touch, in one order for all; read what they will ask for, in
// bulk; decide unit by unit in memory; write with one statement per table; COMMIT. A statement does not wait for the
// one before where it need not: a batch takes some ten round trips. A record that is not as it was read, a unique key
// written by somebody else, a deadlock: rolled back, and again from fresh reads.
#pragma once
#include <random>

#include "engine/store/pgsql/ledger_rows.hpp"
#include "engine/store/pgsql/record_rows.hpp"

namespace gantry::store::pgsql {

class PgsqlIntake final : public Intake {
  public:
    // number: of this one among those of the node, from 0. after: no id handed out is at or below it.
    PgsqlIntake(const std::string& target, const StoreOptions& options, int number, std::int64_t after,
                const Clock& clock, events::Sink& events);
    std::vector<Committed> commit(std::span<Unit> units) override;

  private:
    struct Batch {
        std::span<Unit> units;
        std::vector<Digest> digests;  // one per unit
        Instant now;
        std::int64_t token = 0;  // locked by the transaction; who gets the lock knows that it is over
        std::vector<Committed> answers;

        Batch part(std::size_t first, std::size_t count) const;
    };
    // (control id, sender, digest)
    using Origin = std::tuple<std::string_view, std::string_view, std::string_view>;

    std::vector<Committed> commit(Batch& batch);
    std::vector<Committed> in_halves(const Batch& batch);
    std::vector<Committed> separately(Batch& batch);
    void begin(Batch& batch);
    bool commit_transaction(const Batch& batch);
    bool was_committed(const Batch& batch);
    void apply(Batch& batch);
    void apply_behind_savepoint(Batch& batch, std::size_t unit);
    void ask_copies(const Batch& batch);
    void ask_awaited(const Batch& batch);
    ReplyMatch match(const Unit& unit);
    void ask_numbers(const Batch& batch);
    std::int64_t last_number(const Unit& unit) const;
    const EarlierCopy* earlier_copy(const Unit& unit, const Origin& origin, Instant now);
    void write(Batch& batch, std::size_t unit, Decision decision);
    void write_rows();
    std::vector<Committed> refuse_all(const Batch& batch, Trouble trouble);
    void pause(int attempt);
    void tell(Trouble trouble);

    Connection connection_;
    std::chrono::seconds duplicate_window_;
    const Clock& clock_;
    events::Sink& events_;
    IdSource ids_;
    BatchRecords records_;
    RecordRows record_rows_;
    LedgerRows ledger_;
    std::map<std::tuple<std::string, std::string, std::string>, EarlierCopy> copies_;
    std::multimap<std::string, AwaitedReply> awaited_;  // by control id; answered by no unit of the batch
    std::map<std::string, std::int64_t> numbers_;       // accepted last, by sender
    std::minstd_rand random_;
    bool unavailable_ = false;
};

// Ids of a node's committers differ in their low bits; so many may work side by side.
inline constexpr int most_committers = 4;
inline constexpr int most_nodes = 1024 / most_committers;

}  // namespace gantry::store::pgsql
