#include "engine/effects/identity_rules.hpp"

#include <algorithm>

#include "engine/effects/sentences.hpp"
#include "engine/effects/visit_rules.hpp"

namespace gantry::effects {
namespace {

using What = RecordOutcome::What;

const std::string went_back = "The merge of its patient was undone: check that the order is this patient's.";

// The patients that merges took an order from, newest last.
class Origins {
  public:
    explicit Origins(std::string& text) : text_(text) {}

    void add(PatientId patient) { text_ += (text_.empty() ? "" : " ") + std::to_string(patient.value); }

    // Goes back to before the merge that took it from `patient`; false: none did.
    bool back_to(PatientId patient) {
        const auto wanted = " " + std::to_string(patient.value) + " ";
        const auto at = (" " + text_ + " ").find(wanted);
        if (at == std::string::npos) return false;
        text_.erase(at == 0 ? 0 : at - 1);
        return true;
    }

  private:
    std::string& text_;
};

class Application {
  public:
    Application(const PatientMerge& merge, const PatientChange* pid, Workspace& records, Plan& plan)
        : merge_(merge), pid_(pid), records_(records), plan_(plan), prior_(identifier_key(merge.prior)) {}

    Result<void> run() {
        using Of = PatientMerge::Of;
        switch (merge_.of) {
            case Of::patient:
                return merge_patients();
            case Of::undo:
                return undo();
            case Of::identifier:
                return move_identifier();
            case Of::new_identifier:
                return change_identifier();
            case Of::account:
                return move_orders(OrderField::account_number, "no order of this account is known");
            case Of::visit:
                return move_orders(OrderField::admission_id, "no order of this visit is known");
        }
        return {};
    }

  private:
    Error error(ErrorCode code, std::string detail = {}) const {
        return {code, std::move(detail), merge_.place + "-1"};
    }

    Result<void> report(What what, std::string reason = {}) {
        plan_.records.push_back({RecordKind::patient, what, merge_.place, std::move(reason), {}, {}, {}});
        return {};
    }

    // By the number it is filed under, else by another one of its PID; a survivor that was merged is followed.
    PatientId known_survivor() {
        if (const auto known = records_.patient_of(identifier_key(merge_.survivor))) return records_.follow(*known);
        if (!pid_) return {};
        for (const auto& other : pid_->identifiers) {
            const auto key = identifier_key(other);
            if (!identifies(other) || key == prior_) continue;
            if (const auto known = records_.patient_of(key)) return records_.follow(*known);
        }
        return {};
    }

    PatientId survivor() {
        if (const auto known = known_survivor()) return subject(known);
        auto& created = records_.new_patient();
        records_.add_identifier(created, merge_.survivor);
        return subject(created.after.id);
    }

    PatientId subject(PatientId patient) {
        auto& all = plan_.subjects;
        if (std::find(all.begin(), all.end(), patient) == all.end()) all.push_back(patient);
        return patient;
    }

    // The number stays findable: a record without content that was merged into the patient.
    void make_alias(const Identifier& number, PatientId of) {
        auto& alias = records_.new_patient();
        records_.add_identifier(alias, number);
        alias.after.merged_into = of;
        note_move(RecordKind::patient, alias.after.id.value);
    }

    Result<void> merge_patients() {
        if (prior_ == identifier_key(merge_.survivor)) return error(ErrorCode::patient_merge_cycle);
        const auto named = records_.patient_of(identifier_key(merge_.survivor));
        const auto into = survivor();
        const auto prior = records_.patient_of(prior_);
        if (!prior) {
            make_alias(merge_.prior, into);
            return report(What::updated, "the merged number was not known; it stands for the survivor from now on");
        }
        const auto from = subject(records_.follow(*prior));
        if (from == into) {
            // The survivor was merged into this very patient before.
            if (*prior == into && named && *named != into) return error(ErrorCode::patient_merge_cycle);
            return report(What::unchanged);
        }
        // Whoever that other patient is, this message does not speak of it.
        if (from != *prior)
            return error(ErrorCode::patient_ambiguous, "the prior patient was merged into another one before");
        auto& merged = records_.edit_patient(from);
        merged.after.merged_into = into;
        note_move(RecordKind::patient, from.value);
        for (const auto id : records_.orders_of(from)) {
            auto& order = move(id, into);
            Origins(order.fields[OrderField::moved_from]).add(from);
            add_alerts(order, merged.after.fields[PatientField::allergies]);
        }
        return report(What::updated);
    }

    void note_move(RecordKind kind, std::int64_t id) {
        records_.note_source(kind, id, Workspace::belongs_to, merge_.of == PatientMerge::Of::undo ? "undo" : "MRG-1");
    }

    OrderRecord& move(OrderId id, PatientId to) {
        note_move(RecordKind::order, id.value);
        auto& order = records_.edit_order(id).after;
        order.patient = to;
        return order;
    }

    Result<void> undo() {
        const auto prior = records_.patient_of(prior_);
        if (!prior || !records_.patient(*prior)->merged_into) return report(What::unchanged, "it was not merged");
        const auto from = subject(records_.follow(*prior));
        subject(*prior);
        std::vector<OrderId> back;
        for (const auto id : records_.orders_of(from)) {
            auto origins = records_.order(id)->fields[OrderField::moved_from];
            if (Origins(origins).back_to(*prior)) back.push_back(id);
        }
        auto& restored = records_.edit_patient(*prior);
        restored.after.merged_into = {};
        note_move(RecordKind::patient, prior->value);
        if (!back.empty()) know_by_orders(restored, *records_.patient(from));
        for (const auto id : back) {
            auto& order = move(id, *prior);
            Origins(order.fields[OrderField::moved_from]).back_to(*prior);
            add_sentence(order.fields[OrderField::warnings], went_back);
        }
        return report(What::updated, "the merge was undone; orders that went back: " + std::to_string(back.size()));
    }

    // A number that was not known when it was merged has no person. Its orders came with one, who was taken for the
    // survivor.
    void know_by_orders(PatientWrite& restored, const PatientRecord& survivor) {
        if (!restored.after.fields[PatientField::name].empty()) return;
        for (std::size_t i = 0; i < survivor.fields.size(); ++i) {
            // What was posted about the survivor speaks of him.
            if (!restored.after.fields.at(i).empty() || i == static_cast<std::size_t>(PatientField::posted)) continue;
            restored.after.fields.at(i) = survivor.fields.at(i);
            records_.note_source(RecordKind::patient, restored.after.id.value, i, "undo: the survivor");
        }
    }

    bool only_number_of(const PatientRecord& patient) const {
        return std::none_of(patient.identifiers.begin(), patient.identifiers.end(), [&](const Identifier& other) {
            return identifies(other) && identifier_key(other) != prior_;
        });
    }

    Result<void> move_identifier() {
        const auto into = survivor();
        const auto owner = records_.patient_of(prior_);
        if (owner && records_.follow(*owner) == into) return report(What::unchanged);
        if (owner) {
            subject(records_.follow(*owner));
            // Its orders would stay with a patient whom nobody can name any more.
            if (identifies(merge_.prior) && only_number_of(*records_.patient(*owner)))
                return error(ErrorCode::patient_identifier_exists, "it is the only identifier of that patient");
            records_.take_identifier(records_.edit_patient(*owner), merge_.prior);
        }
        records_.add_identifier(records_.edit_patient(into), merge_.prior);
        return report(What::updated);
    }

    Result<void> change_identifier() {
        const auto target_key = identifier_key(merge_.survivor);
        if (prior_ == target_key) return error(ErrorCode::patient_merge_cycle);
        const auto owner = records_.patient_of(prior_), target = records_.patient_of(target_key);
        if (!owner) {
            if (target) return error(ErrorCode::patient_identifier_exists);
            make_alias(merge_.prior, survivor());
            return report(What::updated, "the former number was not known; it stands for the new one from now on");
        }
        const auto person = subject(records_.follow(*owner));
        if (target && records_.follow(*target) != person) return error(ErrorCode::patient_identifier_exists);
        if (target && person != *owner) return report(What::unchanged);
        auto& patient = records_.edit_patient(person);
        if (!target) records_.file_under(patient, merge_.survivor);
        if (person == *owner) {
            records_.take_identifier(patient, merge_.prior);
            make_alias(merge_.prior, person);
        }
        return report(What::updated);
    }

    Result<void> move_orders(OrderField number, const char* none) {
        const auto into = survivor();
        const auto prior = records_.patient_of(prior_);
        bool any = false;
        for (const auto id : prior ? records_.orders_of(subject(records_.follow(*prior))) : std::vector<OrderId>()) {
            if (records_.order(id)->fields[number] != merge_.prior_number) continue;
            auto& order = move(id, into);
            if (!merge_.number.empty()) order.fields[number] = merge_.number;
            records_.note_source(RecordKind::order, id.value, static_cast<std::size_t>(number), "PID-18, PV1-19");
            any = true;
        }
        return any ? report(What::updated) : report(What::unchanged, none);
    }

    const PatientMerge& merge_;
    const PatientChange* pid_;
    Workspace& records_;
    Plan& plan_;
    std::string prior_;
};

}  // namespace

Result<void> apply_merge(const PatientMerge& merge, const PatientChange* pid, Workspace& records, Plan& plan) {
    return Application(merge, pid, records, plan).run();
}

}  // namespace gantry::effects
