#include "engine/effects/reconcile.hpp"

#include <algorithm>

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

// All pairs first, then what each PID says of its own survivor.
Result<void> apply_merges(const Effects& effects, Workspace& records, const OrderPolicy& policy, Plan& plan) {
    for (const auto& merge : effects.merges) {
        const auto* pid = merge.pid ? merge.pid.get() : effects.patient ? &*effects.patient : nullptr;
        if (auto merged = apply_merge(merge, pid, records, plan); !merged) return merged.error();
    }
    const PatientChange* done = nullptr;
    for (const auto& merge : effects.merges) {
        if (!merge.pid || merge.pid.get() == done) continue;
        done = merge.pid.get();
        auto change = *done;
        keep_survivor(change);
        if (auto applied = apply_patient(change, records, policy, plan); !applied) return applied.error();
    }
    return {};
}

Result<Subject> apply_people(const Effects& effects, Workspace& records, const OrderPolicy& policy, Plan& plan) {
    if (auto merged = apply_merges(effects, records, policy, plan); !merged) return merged.error();
    if (!effects.patient) return Subject();
    auto change = *effects.patient;
    if (!effects.merges.empty()) keep_survivor(change);
    return apply_patient(change, records, policy, plan);
}

void add_subject(Plan& plan, PatientId patient) {
    if (patient && std::find(plan.subjects.begin(), plan.subjects.end(), patient) == plan.subjects.end())
        plan.subjects.push_back(patient);
}

// What the application reply says of the group that could not be applied (UC, UX, …).
RecordOutcome unable(const OrderChange& order, const Error& error) {
    return {RecordKind::order,  RecordOutcome::What::conflict,
            order.place,        std::string(info(error.code).sentence),
            order.reply_unable, order.filler,
            order.placer};
}

// RP alone would take a patient off the worklist and put nobody there.
bool lacks_replacement(const std::vector<OrderChange>& orders, std::size_t i) {
    if (orders[i].control != "RP") return false;
    return std::none_of(orders.begin() + static_cast<std::ptrdiff_t>(i), orders.end(),
                        [](const OrderChange& order) { return opens(order.action); });
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
    const auto subject = apply_people(effects, workspace, policy, plan);
    if (!subject) return refused(subject.error());
    add_subject(plan, subject->patient);
    for (std::size_t i = 0; i < effects.orders.size(); ++i) {
        const auto& order = effects.orders[i];
        const auto applied = lacks_replacement(effects.orders, i)
                                 ? Result<void>(Error{ErrorCode::order_no_replacement, {}, order.place})
                                 : apply_order(order, *subject, workspace, policy, plan);
        if (!applied) return refused(applied.error(), {unable(order, applied.error())});
    }
    if (effects.schedule) {
        const auto applied = apply_schedule(*effects.schedule, subject->patient, workspace, plan);
        if (!applied) return refused(applied.error());
    }
    workspace.collect(plan);
    for (const auto& reason : effects.ignored) plan.warnings.push_back(reason);
    return plan;
}

}  // namespace gantry::effects
