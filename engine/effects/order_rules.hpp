// What becomes of an order (the order table: ORC-1, ORC-5 → action, reply). The record's state decides, not the message
// alone: legal transitions go forward; the few legal steps back are a CANCELLED order opened again by a newer message.
#pragma once
#include "engine/base/result.hpp"
#include "engine/effects/patient_rules.hpp"
#include "engine/effects/plan.hpp"
#include "engine/effects/reconcile.hpp"
#include "engine/effects/workspace.hpp"

namespace gantry::effects {

// The known order a group speaks of, if any.
struct FoundOrder {
    OrderId id;              // none: not known
    bool by_number = false;  // found under its placer or filler number, not only as the same procedure
    bool placer_key_stored = false, filler_key_stored = false;  // this order's or another one's
};
// Numbers find an order; several orders under one number are told apart by procedure, by their other numbers, and by
// what is ordered. Errors: order_ambiguous.
Result<FoundOrder> find_order(const OrderChange& change, PatientId patient, Workspace& records);

// All the orders under these numbers, of the procedure if any of them is; none: not known. Errors: order_ambiguous.
Result<std::vector<OrderId>> find_orders(const OrderNumber& placer, const OrderNumber& filler,
                                         const std::string& procedure, const std::string& place, Workspace& records);

bool opens(OrderAction action);  // orders something, rather than changing what was ordered
// Nothing the group says is different from what the order has.
bool says_nothing_new(const OrderChange& change, const OrderRecord& order);

// Applies one group. An error refuses the whole message; a RecordOutcome in the plan says what happened otherwise.
Result<void> apply_order(const OrderChange& change, const Subject& subject, Workspace& records,
                         const OrderPolicy& policy, Plan& plan);

// The same for an order that was found otherwise.
Result<void> apply_order_found(const OrderChange& change, const FoundOrder& found, const Subject& subject,
                               Workspace& records, const OrderPolicy& policy, Plan& plan);

// A number for people from an id: 64 bits in at most 13 characters that nobody confuses, after the prefix.
std::string short_number(char prefix, std::int64_t id);

}  // namespace gantry::effects
