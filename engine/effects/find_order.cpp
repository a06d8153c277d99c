#include <algorithm>

#include "engine/effects/order_rules.hpp"

namespace gantry::effects {
namespace {

struct Lookup {
    std::vector<OrderId> orders;
    bool exact = false;  // the very key, number and procedure, is stored
};

// All orders filed under the number; when the exact key (number and procedure) is among them, that one alone.
Lookup under_number(const std::string& prefix, const std::string& key, Workspace& records) {
    Lookup out;
    for (const auto& match : records.orders_with_prefix(prefix)) {
        if (match.key == key) return {{match.order}, true};
        if (std::find(out.orders.begin(), out.orders.end(), match.order) == out.orders.end())
            out.orders.push_back(match.order);
    }
    return out;
}

bool opens(OrderAction action) {
    return action == OrderAction::create || action == OrderAction::create_held ||
           action == OrderAction::create_completed || action == OrderAction::create_cancelled;
}

// A cancel that named no procedure: whatever comes under its number later is what was cancelled.
std::vector<OrderId> without_procedure(const std::vector<OrderId>& orders, Workspace& records) {
    std::vector<OrderId> out;
    std::copy_if(orders.begin(), orders.end(), std::back_inserter(out),
                 [&](OrderId id) { return records.order(id)->fields[OrderField::procedure_code].empty(); });
    return out;
}

// A further ORC pair for a requested procedure that is already there: same accession, and the procedure id and study
// UID that the message gives, at least one of them.
OrderId same_procedure(const OrderChange& change, PatientId patient, Workspace& records) {
    const auto& accession = change.fields.value(OrderField::accession_number);
    const auto& procedure = change.fields.value(OrderField::requested_procedure_id);
    const auto& uid = change.fields.value(OrderField::study_instance_uid);
    if (accession.empty() || (uid.empty() && procedure.empty())) return {};
    for (const auto id : records.orders_with_accession(accession, change.accession_issuer)) {
        const auto& order = *records.order(id);
        if (order.patient == patient && order.fields[OrderField::status] != "CANCELLED" &&
            (uid.empty() || order.fields[OrderField::study_instance_uid] == uid) &&
            (procedure.empty() || order.fields[OrderField::requested_procedure_id] == procedure))
            return id;
    }
    return {};
}

}  // namespace

Result<FoundOrder> find_order(const OrderChange& change, PatientId patient, Workspace& records) {
    const Error ambiguous{ErrorCode::order_ambiguous, {}, change.place_of_number()};
    const auto& procedure = change.fields.value(OrderField::procedure_code);
    FoundOrder out;
    std::vector<OrderId> placer, filler;
    if (!change.placer.number.empty()) {
        const auto found = under_number(placer_prefix(change.placer), placer_key(change.placer, procedure), records);
        out.has_placer_key = found.exact;
        placer = found.orders;
    }
    if (!change.filler.number.empty()) {
        const auto found = under_number(filler_prefix(change.filler), filler_key(change.filler, procedure), records);
        out.has_filler_key = found.exact;
        filler = found.orders;
    }
    // Another procedure under a known placer number is another order when it is new; otherwise the number alone must
    // do.
    const bool new_procedure = opens(change.action) && !out.has_placer_key && !procedure.empty();
    if (new_procedure) placer = without_procedure(placer, records);
    if (new_procedure && !out.has_filler_key && !change.placer.number.empty()) filler.clear();
    std::vector<OrderId> both;
    for (const auto id : placer) {
        if (std::find(filler.begin(), filler.end(), id) != filler.end()) both.push_back(id);
    }
    const auto& candidates = !both.empty() ? both : !placer.empty() ? placer : filler;
    if (both.empty() && !placer.empty() && !filler.empty()) return ambiguous;  // the two numbers point at two orders
    if (candidates.size() > 1) return ambiguous;
    out.by_number = candidates.size() == 1;
    out.id = out.by_number ? candidates.front() : same_procedure(change, patient, records);
    return out;
}

}  // namespace gantry::effects
