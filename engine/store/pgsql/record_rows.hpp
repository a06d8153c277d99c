// The records that a batch changed, as rows: COPY for the wide tables, bulk statements for the others.
#pragma once
#include "engine/store/pgsql/batch_records.hpp"
#include "engine/store/pgsql/bulk_statements.hpp"

namespace gantry::store::pgsql {

class RecordRows {
  public:
    RecordRows();
    // Replaces what was there.
    void take(const BatchRecords& records);
    // Between the two, copies of other tables may go: COPY cannot be sent along with other statements.
    void copy(Connection& connection) const;
    void send(Connection& connection) const;

  private:
    void take_patients(const BatchRecords& records);
    void take_identifiers(const BatchRecords& records);
    void take_orders(const BatchRecords& records);
    void take_steps(const BatchOrder& order);

    CopyRows new_orders_, new_steps_;
    BulkInsert new_patients_, new_identifiers_, replaced_identifiers_, new_providers_, new_keys_, new_posted_;
    BulkUpdate patients_, orders_, steps_;
    ReportRows reports_;
};

}  // namespace gantry::store::pgsql
