// The records one unit has read and changed so far: a reader that sees its own changes, and collects them into a Plan.
// Nothing reaches the reader underneath; a refused unit is simply dropped.
#pragma once
#include <map>

#include "engine/effects/plan.hpp"

namespace gantry::effects {

class Workspace final : public RecordReader {
  public:
    Workspace(RecordReader& under, IdSource& ids) : under_(under), ids_(ids) {}

    std::optional<PatientId> patient_of(const std::string& identifier_key) override;
    const PatientRecord* patient(PatientId id) override;
    std::vector<OrderId> orders_of(PatientId id) override;
    std::vector<OrderKeyMatch> orders_with_prefix(const std::string& key_prefix) override;
    std::vector<OrderId> orders_with_accession(const std::string& accession, const std::string& issuer) override;
    const OrderRecord* order(OrderId id) override;
    std::optional<ProviderId> provider_of(const std::string& key) override;

    std::vector<OrderId> orders_with_study_uid(const std::string& uid) override;
    std::vector<ReportKeyMatch> reports_with_prefix(const std::string& key_prefix) override;
    std::vector<ReportId> reports_of(OrderId id) override;
    const ReportRecord* report(ReportId id) override;

    // The patient that `id` was merged into in the end, or itself.
    PatientId follow(PatientId id);
    // Nobody has seen this order yet: it is one of this unit's own.
    bool made_here(OrderId id) const;

    // Editing: the reference stays valid for the life of the workspace.
    PatientWrite& new_patient();
    PatientWrite& edit_patient(PatientId id);
    OrderWrite& new_order();
    OrderWrite& edit_order(OrderId id);
    StepRecord& new_step(OrderWrite& order);
    void add_identifier(PatientWrite& patient, const Identifier& identifier);
    // The patient loses the number; add_identifier gives it to another one.
    void take_identifier(PatientWrite& patient, const Identifier& identifier);
    // The patient is filed under a new number from now on.
    void file_under(PatientWrite& patient, const Identifier& identifier);
    void add_order_key(OrderWrite& order, const std::string& key);
    // Finds or makes the provider; none when it has neither identifier nor name.
    ProviderId provider(const std::string& identifier, const std::string& authority, const std::string& name);

    ReportWrite& new_report();
    ReportWrite& edit_report(ReportId id);
    void add_report_key(ReportWrite& report, const std::string& key);
    void add_report_order(ReportWrite& report, OrderId order);  // unless it is one of them
    // Reports made or changed by this unit.
    bool touched(ReportId id) const { return reports_.contains(id.value); }

    // What was changed, with one patch per changed record. `sources` of patches come from note_source.
    void collect(Plan& plan);
    // Remembers where a changed field came from; text must outlive the plan (it belongs to the mapping document, or is
    // a literal). What nobody noted follows from the rules: "rule".
    void note_source(RecordKind kind, std::int64_t id, std::size_t field, std::string_view source);
    // Beside the fields: whose an order or a merged patient is, and a patient's numbers.
    static constexpr std::size_t belongs_to = 1000, identifiers = 1001;

    IdSource& ids() { return ids_; }

  private:
    struct EditedPatient {
        PatientWrite write;
        PatientRecord before;
    };
    struct EditedOrder {
        OrderWrite write;
        OrderRecord before;
    };
    struct EditedReport {
        ReportWrite write;
        ReportRecord before;
    };
    std::string_view source_of(RecordKind kind, std::int64_t id, std::size_t field) const;
    static void note_provider(Patch& patch, std::string_view field, std::string_view named_by, ProviderId before,
                              ProviderId after);
    void collect_patient(Plan& plan, EditedPatient& edited);
    void collect_order(Plan& plan, EditedOrder& edited);
    void collect_report(Plan& plan, EditedReport& edited);
    template <class Field>
    Patch patch(std::int64_t id, bool created, std::int64_t previous, const FieldValues<Field>& before,
                const FieldValues<Field>& after) const;

    RecordReader& under_;
    IdSource& ids_;
    std::map<std::int64_t, EditedPatient> patients_;
    std::map<std::int64_t, EditedOrder> orders_;
    std::map<std::int64_t, EditedReport> reports_;
    std::map<std::string, PatientId> new_identifiers_;
    std::map<std::string, OrderId> new_keys_;
    std::map<std::string, ReportId> new_report_keys_;
    std::map<std::string, ProviderRecord> new_providers_;
    std::map<std::tuple<RecordKind, std::int64_t, std::size_t>, std::string_view> sources_;
};

}  // namespace gantry::effects
