// Radiology reports inside the intake transaction: what the rules read, and what a plan writes of them.
#pragma once
#include <map>

#include "engine/effects/plan.hpp"
#include "engine/store/sqlite/connection.hpp"
#include "engine/store/sqlite/documents.hpp"

namespace gantry::store::sqlite {

// Kept until forget(), as in StoredRecords. The connection must outlive it.
class StoredReports {
  public:
    explicit StoredReports(sqlite3* connection);
    std::vector<effects::ReportKeyMatch> with_prefix(const std::string& key_prefix);
    std::vector<ReportId> of(OrderId order);
    const effects::ReportRecord* report(ReportId id);
    void forget() { reports_.clear(); }

  private:
    std::vector<OrderId> orders_of(ReportId id);
    std::vector<effects::ReportVersion> versions_of(ReportId id);

    Statement by_key_, of_order_, report_, orders_, versions_;
    std::map<std::int64_t, effects::ReportRecord> reports_;
};

class ReportWriter {
  public:
    explicit ReportWriter(sqlite3* connection);
    // change: the id of the change row that belongs to the plan.
    void write(const effects::ReportWrite& report, std::int64_t change);

  private:
    void write_links(const effects::ReportWrite& report);
    void write_versions(const effects::ReportWrite& report, std::int64_t change);

    Statement insert_report_, update_report_, insert_order_, insert_key_, insert_version_;
    DocumentWriter documents_;
};

}  // namespace gantry::store::sqlite
