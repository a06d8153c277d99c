#include "engine/effects/reconcile.hpp"

#include "engine/effects/identity_rules.hpp"
#include "engine/effects/order_rules.hpp"
#include "engine/effects/patient_rules.hpp"
#include "engine/effects/schedule_rules.hpp"

namespace gantry::effects {
namespace {

// The PID of a merge message is often thin: it must not blank what is known of the survivor.
void keep_survivor(PatientChange& change) {
    for (std::size_t i = 0; i < change.fields.size(); ++i) {
        auto& field = change.fields.at(i);
        if (field.says == FieldChange::Says::clear) field = {};
    }
}

Result<PatientId> apply_people(const Effects& effects, Workspace& records, const OrderPolicy& policy, Plan& plan) {
    const auto* pid = effects.patient ? &*effects.patient : nullptr;
    for (const auto& merge : effects.merges) {
        if (auto merged = apply_merge(merge, pid, records, plan); !merged) return merged.error();
    }
    if (!effects.patient) return PatientId();
    auto change = *effects.patient;
    if (!effects.merges.empty()) keep_survivor(change);
    return apply_patient(change, records, policy, plan);
}

// What the application reply says of the group that could not be applied (UC, UX, …).
RecordOutcome unable(const OrderChange& order, const Error& error) {
    return {RecordKind::order,  RecordOutcome::What::conflict,
            order.place,        std::string(info(error.code).sentence),
            order.reply_unable, order.filler,
            order.placer};
}

Plan refused(const Error& error, std::vector<RecordOutcome> records = {}) {
    Plan plan;
    plan.refused = error;
    plan.records = std::move(records);
    return plan;
}

}  // namespace

Plan reconcile(const Effects& effects, RecordReader& records, IdSource& ids, const OrderPolicy& policy) {
    Plan plan;
    Workspace workspace(records, ids);
    const auto patient = apply_people(effects, workspace, policy, plan);
    if (!patient) return refused(patient.error());
    for (const auto& order : effects.orders) {
        const auto applied = apply_order(order, *patient, workspace, policy, plan);
        if (!applied) return refused(applied.error(), {unable(order, applied.error())});
    }
    if (effects.schedule) {
        const auto applied = apply_schedule(*effects.schedule, *patient, workspace, plan);
        if (!applied) return refused(applied.error());
    }
    workspace.collect(plan);
    for (const auto& reason : effects.ignored) plan.warnings.push_back(reason);
    return plan;
}

}  // namespace gantry::effects
