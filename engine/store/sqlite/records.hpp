// The record rules' reader and the plan's writer, inside the intake transaction, on prepared statements.
#pragma once
#include <map>

#include "engine/effects/plan.hpp"
#include "engine/store/sqlite/connection.hpp"
#include "engine/store/sqlite/reports.hpp"

namespace gantry::store::sqlite {

// Reads what is stored, the transaction's own writes included. Records are kept until forget(), so that pointers stay
// valid for one unit. The connection must outlive it.
class StoredRecords final : public effects::RecordReader {
  public:
    explicit StoredRecords(sqlite3* connection);

    std::optional<PatientId> patient_of(const std::string& identifier_key) override;
    const effects::PatientRecord* patient(PatientId id) override;
    std::vector<OrderId> orders_of(PatientId id) override;
    std::vector<effects::OrderKeyMatch> orders_with_prefix(const std::string& key_prefix) override;
    std::vector<OrderId> orders_with_accession(const std::string& accession, const std::string& issuer) override;
    const effects::OrderRecord* order(OrderId id) override;
    std::optional<ProviderId> provider_of(const std::string& key) override;
    std::vector<OrderId> orders_with_study_uid(const std::string& uid) override;
    std::vector<effects::ReportKeyMatch> reports_with_prefix(const std::string& key_prefix) override;
    std::vector<ReportId> reports_of(OrderId id) override;
    const effects::ReportRecord* report(ReportId id) override;

    // Call between units: what was read may have been written since.
    void forget();

  private:
    std::vector<effects::StepRecord> steps_of(OrderId id);

    Statement patient_of_, patient_, identifiers_, orders_of_, by_key_, by_accession_, by_study_uid_, order_, steps_,
        provider_;
    StoredReports reports_;
    std::map<std::int64_t, effects::PatientRecord> patients_;
    std::map<std::int64_t, effects::OrderRecord> orders_;
};

class RecordWriter {
  public:
    explicit RecordWriter(sqlite3* connection);
    // change: the id of the change row that belongs to this plan.
    void write(const effects::Plan& plan, std::int64_t change);

  private:
    void write(const effects::PatientWrite& patient, std::int64_t change);
    void write(const effects::OrderWrite& order, std::int64_t change);

    Statement insert_patient_, update_patient_, insert_identifier_, insert_provider_, insert_order_, update_order_,
        insert_key_, insert_step_, update_step_, hide_steps_, insert_posted_;
    ReportWriter reports_;
};

}  // namespace gantry::store::sqlite
