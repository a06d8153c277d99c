#include "engine/effects/visit_rules.hpp"

#include "engine/effects/sentences.hpp"

namespace gantry::effects {
namespace {

bool open_order(const OrderRecord& order) {
    const auto& status = order.fields[OrderField::status];
    return status != "COMPLETED" && status != "CANCELLED";
}

// Without a visit or account number a location belongs to no order in particular; a flag to all of them.
bool of_visit(const OrderRecord& order, const PatientChange& change) {
    if (!change.admission_id.empty()) return order.fields[OrderField::admission_id] == change.admission_id;
    if (!change.account.empty()) return order.fields[OrderField::account_number] == change.account;
    return !change.visit_flag.empty();
}

}  // namespace

void apply_visit(PatientId patient, const PatientChange& change, Workspace& records) {
    const bool moves = !change.location.empty() || change.location_deleted;
    if (!change.from_adt || (!moves && change.visit_flag.empty())) return;
    for (const auto id : records.orders_of(patient)) {
        const auto& known = *records.order(id);
        if (!open_order(known) || !of_visit(known, change)) continue;
        auto& order = records.edit_order(id).after;
        if (moves) order.fields[OrderField::patient_location] = change.location;
        add_sentence(order.fields[OrderField::warnings], change.visit_flag);
    }
}

}  // namespace gantry::effects
