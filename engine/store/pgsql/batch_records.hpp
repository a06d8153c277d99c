// The records that one batch reads and changes, in memory: fetched in bulk before the rules ask, changed by each unit
// so that the next one sees it, written at the end by RecordRows.
//
// What nobody fetched is read when it is asked for, with what the batch has changed by then laid over it.
#pragma once
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "engine/effects/plan.hpp"
#include "engine/store/pgsql/batch_reports.hpp"
#include "engine/store/pgsql/connection.hpp"
#include "engine/store/pgsql/touched_keys.hpp"
#include "engine/store/stored_body.hpp"

namespace gantry::store::pgsql {

struct BatchPatient {
    effects::PatientRecord record;
    bool created = false, changed = false;
    std::int64_t stored_change = 0;  // last_change as the database has it
};

struct BatchOrder {
    effects::OrderRecord record;
    bool created = false, changed = false;
    std::int64_t stored_change = 0;
    std::set<std::int64_t> new_steps, changed_steps;
};

struct FiledIdentifier {
    effects::Identifier identifier;
    PatientId patient;
    std::int64_t position;
    bool replaces;  // there may be a row with its key
};

// Whether a step is what a worklist query without a status sees.
bool visible(const effects::OrderRecord& order, const effects::StepRecord& step);

class BatchRecords final : public effects::RecordReader {
  public:
    explicit BatchRecords(Connection& connection) : connection_(connection), reports_(connection) {}

    // Forgets everything: what was read, and what was changed.
    void clear();
    // Reads all that units with these keys are likely to ask for, with one flush for what was sent before. Takes the
    // lock of each patient found, so that nobody merges one that is about to get an order.
    void fetch(const TouchedKeys& keys);
    // change: the id of the change row that belongs to this plan.
    void apply(const effects::Plan& plan, std::int64_t change);

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

    // What changed, in ascending order of ids or keys.
    std::map<std::int64_t, const BatchPatient*> changed_patients() const;
    std::map<std::int64_t, const BatchOrder*> changed_orders() const;
    const std::map<std::string, effects::ProviderRecord>& new_providers() const { return new_providers_; }
    const std::map<std::string, FiledIdentifier>& filed_identifiers() const { return filed_identifiers_; }
    const std::map<std::string, OrderId>& new_keys() const { return new_keys_; }
    const BatchReports& reports() const { return reports_; }
    // By their sums; not those that a record names without bringing them.
    const std::map<std::string, StoredBody>& posted() const { return posted_; }

  private:
    using Ids = std::set<std::int64_t>;
    using Accession = std::pair<std::string, std::string>;
    void ask_identifiers(const std::set<std::string>& keys);
    void ask_providers(const std::set<std::string>& keys);
    void ask_prefixes(const std::set<std::string>& prefixes);
    void ask_accessions(const std::set<Accession>& accessions);
    void ask_orders_of(const Ids& patients);
    void ask_patients(const Ids& ids);  // each locked before it is read
    void take_patients(const Answer& answer);
    void ask_orders(const Ids& ids);
    void take_orders(const Answer& answer);
    void read_survivors();     // of the patients that are there
    Ids known_orders() const;  // those of all keys, accessions and patients read
    PatientId survivor(PatientId id) const;
    void apply(const effects::PatientWrite& write, std::int64_t change);
    void apply(const effects::OrderWrite& write, std::int64_t change);
    void refile(const effects::OrderRecord* before, const effects::OrderRecord& after);

    Connection& connection_;
    std::unordered_map<std::string, PatientId> identifiers_;  // 0: known to be unknown
    std::unordered_map<std::int64_t, std::optional<BatchPatient>> patients_;
    std::unordered_map<std::int64_t, std::optional<BatchOrder>> orders_;
    std::unordered_map<std::int64_t, Ids> orders_of_;
    std::unordered_set<std::string> prefixes_;
    std::map<std::string, OrderId> keys_;  // of the prefixes read, and new ones
    std::map<Accession, Ids> accessions_;
    std::unordered_map<std::string, ProviderId> providers_;
    std::map<std::string, effects::ProviderRecord> new_providers_;
    std::map<std::string, FiledIdentifier> filed_identifiers_;  // by key
    std::map<std::string, OrderId> new_keys_;
    std::map<std::string, StoredBody> posted_;
    BatchReports reports_;
};

}  // namespace gantry::store::pgsql
