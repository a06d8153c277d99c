// What a batch writes: one COPY per table for new rows, one UPDATE per table for changed ones.
#pragma once
#include "engine/store/pgsql/batch_records.hpp"
#include "engine/store/unit_outcome.hpp"

namespace gantry::store::pgsql {

// Writes what the batch changed. Failure: conflict, when a record is no longer as it was read.
void write_records(const BatchRecords& records, Connection& connection);

// Rows of the ledger and the delivery queues, gathered unit by unit.
class LedgerRows {
  public:
    LedgerRows();
    void clear();
    // A message that came too long ago to make copies of it duplicates.
    void retire(std::int64_t message) { retired_.push_back(message); }
    void add(const Unit& unit, std::string_view digest, const Decision& decision, IdSource& ids, Instant now);
    void write(Connection& connection);

  private:
    void add_deliveries(const Unit& unit, std::int64_t message, IdSource& ids, Instant now);
    std::vector<std::int64_t> retired_;
    CopyRows messages_, bodies_, changes_, deliveries_, delivery_bodies_;
};

}  // namespace gantry::store::pgsql
