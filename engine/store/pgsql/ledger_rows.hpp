// Rows of the ledger and the delivery queues, gathered unit by unit.
#pragma once
#include "engine/store/ledger_tally.hpp"
#include "engine/store/pgsql/bulk_statements.hpp"
#include "engine/store/pgsql/document_rows.hpp"
#include "engine/store/unit_outcome.hpp"

namespace gantry::store::pgsql {

class LedgerRows {
  public:
    // slot: of the ledger's sums; see LedgerTally.
    explicit LedgerRows(std::int64_t slot);
    void clear();
    // How many messages the rows are to be of.
    void received(std::size_t messages) { tally_.add_received(messages); }
    // A message that came too long ago to make copies of it duplicates.
    void retire(std::int64_t message) { retired_.add(message); }
    void add(const Unit& unit, std::string_view digest, const Decision& decision, IdSource& ids, Instant now);
    // In this order; see RecordRows.
    void copy(Connection& connection) const;
    void send(Connection& connection) const;

  private:
    void add_reprocessing(const Reprocessing& how, const effects::UnitOutcome& outcome, Instant now);
    void add_deliveries(const Unit& unit, const Decision& decision, IdSource& ids, Instant now);

    const std::int64_t slot_;
    LedgerTally tally_;
    Array retired_, answered_, answers_, originals_;
    std::map<std::string, std::int64_t> numbers_;  // the last of each sender
    CopyRows messages_;
    DocumentRows documents_;
    BulkInsert bodies_, changes_, deliveries_, delivery_bodies_, reprocessings_;
};

}  // namespace gantry::store::pgsql
