#include "engine/effects/visit_rules.hpp"

#include <algorithm>

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

using Texts = std::vector<std::string>;

Texts split(const std::string& list) {
    Texts out;
    for (std::size_t at = 0; at < list.size();) {
        const auto end = std::min(list.find('\\', at), list.size());
        if (end > at) out.push_back(list.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

bool has(const Texts& list, const std::string& one) {
    return std::find(list.begin(), list.end(), one) != list.end();
}

// An alert that would not fit is left out: the allergies have it.
std::string joined(const Texts& list) {
    const auto& spec = field_table(RecordKind::order)[static_cast<std::size_t>(OrderField::medical_alerts)];
    std::string out;
    for (const auto& one : list) {
        auto longer = out + (out.empty() ? "" : "\\") + one;
        if (length_in_characters(longer) <= spec.longest) out = std::move(longer);
    }
    return out;
}

}  // namespace

void add_alerts(OrderRecord& order, const std::string& allergies) {
    if (!open_order(order) || allergies.empty()) return;
    auto alerts = split(order.fields[OrderField::medical_alerts]);
    const auto more = split(allergies);
    std::copy_if(more.begin(), more.end(), std::back_inserter(alerts),
                 [&](const auto& one) { return !has(alerts, one); });
    order.fields[OrderField::medical_alerts] = joined(alerts);
}

void refresh_alerts(PatientId patient, const std::string& before, Workspace& records) {
    const auto old = split(before), now = split(records.patient(patient)->fields[PatientField::allergies]);
    for (const auto id : records.orders_of(patient)) {
        if (!open_order(*records.order(id))) continue;
        auto alerts = split(records.order(id)->fields[OrderField::medical_alerts]);
        std::erase_if(alerts, [&](const auto& one) { return has(old, one) && !has(now, one); });
        std::copy_if(now.begin(), now.end(), std::back_inserter(alerts),
                     [&](const auto& one) { return !has(alerts, one); });
        if (joined(alerts) == records.order(id)->fields[OrderField::medical_alerts]) continue;
        records.edit_order(id).after.fields[OrderField::medical_alerts] = joined(alerts);
        records.note_source(RecordKind::order, id.value, static_cast<std::size_t>(OrderField::medical_alerts), "AL1-3");
    }
}

void apply_visit(PatientId patient, const PatientChange& change, Workspace& records) {
    const bool moves = !change.location.empty() || change.location_deleted;
    if (!change.from_adt || (!moves && change.visit_flag.empty())) return;
    const auto note = [&](OrderId id, OrderField field, std::string_view source) {
        records.note_source(RecordKind::order, id.value, static_cast<std::size_t>(field), source);
    };
    for (const auto id : records.orders_of(patient)) {
        const auto& known = *records.order(id);
        if (!open_order(known) || !of_visit(known, change)) continue;
        auto& order = records.edit_order(id).after;
        if (moves) order.fields[OrderField::patient_location] = change.location;
        add_sentence(order.fields[OrderField::warnings], change.visit_flag);
        note(id, OrderField::patient_location, "PV1-3");
        note(id, OrderField::warnings, "MSH-9");
    }
}

}  // namespace gantry::effects
