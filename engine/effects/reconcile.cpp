#include "engine/effects/reconcile.hpp"

#include "engine/effects/order_rules.hpp"
#include "engine/effects/patient_rules.hpp"

namespace gantry::effects {
namespace {

// The PID of a merge message is often thin: it must not blank what is known of the survivor.
void keep_survivor(PatientChange& change) {
    for (std::size_t i = 0; i < change.fields.size(); ++i) {
        auto& field = change.fields.at(i);
        if (field.says == FieldChange::Says::clear) field = {};
    }
}

Result<void> apply(const Effects& effects, Workspace& records, const OrderPolicy& policy, Plan& plan) {
    for (const auto& merge : effects.merges) {
        if (auto merged = apply_merge(merge, records, plan); !merged) return merged;
    }
    PatientId patient;
    if (effects.patient) {
        auto change = *effects.patient;
        if (!effects.merges.empty()) keep_survivor(change);
        const auto applied = apply_patient(change, records, policy, plan);
        if (!applied) return applied.error();
        patient = *applied;
    }
    for (const auto& order : effects.orders) {
        if (auto applied = apply_order(order, patient, records, policy, plan); !applied) return applied;
    }
    return {};
}

}  // namespace

Plan reconcile(const Effects& effects, RecordReader& records, IdSource& ids, const OrderPolicy& policy) {
    Plan plan;
    Workspace workspace(records, ids);
    if (auto applied = apply(effects, workspace, policy, plan); !applied) {
        Plan refused;
        refused.refused = applied.error();
        return refused;
    }
    workspace.collect(plan);
    for (const auto& reason : effects.ignored) plan.warnings.push_back(reason);
    return plan;
}

}  // namespace gantry::effects
