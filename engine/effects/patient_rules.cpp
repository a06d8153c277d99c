#include "engine/effects/patient_rules.hpp"

#include <algorithm>

#include "engine/effects/order_rules.hpp"
#include "engine/effects/visit_rules.hpp"

namespace gantry::effects {
namespace {

using What = RecordOutcome::What;

std::string_view family_name(std::string_view pn) {
    return pn.substr(0, pn.find_first_of("^="));
}

bool differs(const std::string& known, const FieldChange& said) {
    return said.says == FieldChange::Says::set && !known.empty() && known != said.value;
}

bool temporary(const PatientRecord& patient, const OrderPolicy& policy) {
    return std::any_of(patient.identifiers.begin(), patient.identifiers.end(), [&](const Identifier& identifier) {
        return std::any_of(policy.temporary_identifier_prefixes.begin(), policy.temporary_identifier_prefixes.end(),
                           [&](const std::string& prefix) { return identifier.value.starts_with(prefix); });
    });
}

// A reused or mistyped number: everything that tells people apart is different at once.
bool another_person(const PatientRecord& known, const PatientChange& change) {
    const auto& name = change.fields[PatientField::name];
    const bool family_differs = name.says == FieldChange::Says::set && !known.fields[PatientField::name].empty() &&
                                family_name(name.value) != family_name(known.fields[PatientField::name]);
    return family_differs && differs(known.fields[PatientField::birth_date], change.fields[PatientField::birth_date]) &&
           differs(known.fields[PatientField::sex], change.fields[PatientField::sex]);
}

struct Resolved {
    PatientId patient;      // none: not known yet
    PatientId came_as;      // whose numbers they are: the patient's own, or those of one that was merged into it
    bool by_alias = false;  // one of the numbers was merged away
};

// A patient resource need not have one (FHIR R4 Patient.identifier 0..*): each is a person nobody has told of before.
bool comes_without_number(const PatientChange& change) {
    return change.fields[PatientField::posted].says == FieldChange::Says::set;
}

// What a worklist and a message cannot do without.
void number_patient(PatientWrite& patient, Workspace& records) {
    const auto& all = patient.after.identifiers;
    if (std::none_of(all.begin(), all.end(), identifies))
        records.file_under(patient, {short_number('P', patient.after.id.value), {}, "PI"});
}

Result<Resolved> resolve(const PatientChange& change, Workspace& records) {
    Resolved out;
    bool any = false;
    for (const auto& identifier : change.identifiers) {
        if (!identifies(identifier)) continue;
        any = true;
        const auto direct = records.patient_of(identifier_key(identifier));
        if (!direct) continue;
        const auto patient = records.follow(*direct);
        if (out.patient && out.patient != patient)
            return Error{ErrorCode::patient_ambiguous, {}, change.place_of_number()};
        out.by_alias = out.by_alias || patient != *direct;
        out.patient = patient;
        if (!out.came_as || patient == *direct) out.came_as = *direct;
    }
    if (!any && !comes_without_number(change))
        return Error{ErrorCode::patient_missing_identifier, {}, change.place_of_number()};
    return out;
}

std::string way_to(PatientId survivor, PatientId from, Workspace& records) {
    std::string out;
    for (; from != survivor; from = records.patient(from)->merged_into)
        out += (out.empty() ? "" : " ") + std::to_string(from.value);
    return out;
}

void apply_field(PatientWrite& patient, std::size_t i, const FieldChange& said, bool from_adt, Workspace& records,
                 bool& differed) {
    if (said.says == FieldChange::Says::nothing) return;
    auto& value = patient.after.fields.at(i);
    const auto bit = std::uint64_t{1} << i;
    const bool guarded = (patient.after.adt_fields & bit) != 0 && !from_adt;
    if (guarded && !value.empty()) {
        differed = differed || said.value != value;
        return;
    }
    if (from_adt) patient.after.adt_fields |= bit;
    value = said.value;
    records.note_source(RecordKind::patient, patient.after.id.value, i, said.source);
}

void apply_fields(PatientWrite& patient, const PatientChange& change, Workspace& records, Plan& plan) {
    bool differed = false;
    for (std::size_t i = 0; i < change.fields.size(); ++i)
        apply_field(patient, i, change.fields.at(i), change.from_adt, records, differed);
    if (differed) plan.warnings.push_back("the patient's demographics differ from what ADT gave; ADT's were kept");
}

void add_missing_identifiers(PatientWrite& patient, const std::vector<Identifier>& identifiers, Workspace& records,
                             Plan& plan) {
    for (const auto& identifier : identifiers) {
        if (identifier.value.empty()) continue;
        const auto owner = records.patient_of(identifier_key(identifier));
        if (!owner)
            records.add_identifier(patient, identifier);
        else if (records.follow(*owner) != records.follow(patient.after.id))
            plan.warnings.push_back("a number of type " + identifier.type +
                                    " belongs to another patient; it was not taken over");
    }
}

bool says_nothing_new(const PatientRecord& known, const PatientChange& change, Workspace& records) {
    for (std::size_t i = 0; i < change.fields.size(); ++i) {
        const auto& said = change.fields.at(i);
        if (said.says == FieldChange::Says::nothing) continue;
        const bool claimed = (known.adt_fields >> i & 1) != 0;
        if (said.value != known.fields.at(i) || (change.from_adt && !claimed)) return false;
    }
    return std::all_of(change.identifiers.begin(), change.identifiers.end(), [&](const Identifier& identifier) {
        return identifier.value.empty() || records.patient_of(identifier_key(identifier)).has_value();
    });
}

}  // namespace

Result<Subject> apply_patient(const PatientChange& change, Workspace& records, const OrderPolicy& policy, Plan& plan) {
    const auto resolved = resolve(change, records);
    if (!resolved) return resolved.error();
    RecordOutcome outcome{RecordKind::patient, What::created, change.place, {}, {}, {}, {}};
    if (!resolved->patient) {
        auto& created = records.new_patient();
        add_missing_identifiers(created, change.identifiers, records, plan);
        if (comes_without_number(change)) number_patient(created, records);
        apply_fields(created, change, records, plan);
        outcome.id = created.after.id.value;
        plan.records.push_back(std::move(outcome));
        return Subject{created.after.id};
    }
    const auto& known = *records.patient(resolved->patient);
    if (!change.may_replace_person && another_person(known, change) && !temporary(known, policy))
        return Error{ErrorCode::patient_different_person, {}, change.place};
    if (resolved->by_alias) plan.warnings.push_back("the patient number was merged; the surviving patient was used");
    outcome.what = What::unchanged;
    outcome.id = resolved->patient.value;
    if (!says_nothing_new(known, change, records)) {
        outcome.what = What::updated;
        auto& patient = records.edit_patient(resolved->patient);
        const auto allergies = patient.after.fields[PatientField::allergies];
        apply_fields(patient, change, records, plan);
        // What comes under a number that was merged away goes where that number goes, should the merge be undone.
        add_missing_identifiers(records.edit_patient(resolved->came_as), change.identifiers, records, plan);
        if (patient.after.fields[PatientField::allergies] != allergies)
            refresh_alerts(resolved->patient, allergies, records);
    }
    apply_visit(resolved->patient, change, records);
    plan.records.push_back(std::move(outcome));
    return Subject{resolved->patient, way_to(resolved->patient, resolved->came_as, records)};
}

}  // namespace gantry::effects
