// The radiology reports that one batch reads and changes, as BatchRecords keeps its records. Results are rare beside
// orders: what the rules ask for is read when they ask, and written with one statement per table.
#pragma once
#include <map>
#include <optional>

#include "engine/effects/plan.hpp"
#include "engine/store/pgsql/bulk_statements.hpp"
#include "engine/store/pgsql/connection.hpp"

namespace gantry::store::pgsql {

class BatchReports {
  public:
    explicit BatchReports(Connection& connection) : connection_(connection) {}

    void clear();
    // change: the id of the change row that belongs to the plan.
    void apply(const effects::ReportWrite& write, std::int64_t change);

    std::vector<effects::ReportKeyMatch> with_prefix(const std::string& key_prefix);
    std::vector<ReportId> of(OrderId order);
    const effects::ReportRecord* report(ReportId id);

    struct Kept {
        effects::ReportRecord record;
        bool created = false, changed = false;
        std::int64_t stored_change = 0;  // last_change as the database has it
    };
    // What one unit added.
    struct Added {
        effects::ReportWrite write;
        std::int64_t change = 0;
    };
    const std::map<std::int64_t, std::optional<Kept>>& reports() const { return reports_; }
    const std::vector<Added>& added() const { return added_; }

  private:
    std::optional<Kept> read(ReportId id);

    Connection& connection_;
    std::map<std::int64_t, std::optional<Kept>> reports_;
    std::map<std::string, ReportId> new_keys_;
    std::vector<Added> added_;
};

// Their rows, without documents: see DocumentRows.
class ReportRows {
  public:
    ReportRows();
    // Replaces what was there.
    void take(const BatchReports& reports);
    void send(Connection& connection) const;

  private:
    void take_added(const effects::ReportWrite& write, std::int64_t change);

    BulkInsert new_reports_, new_orders_, new_keys_, new_versions_;
    BulkUpdate reports_;
};

}  // namespace gantry::store::pgsql
