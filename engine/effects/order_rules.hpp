// What becomes of an order (the order table: ORC-1, ORC-5 → action, reply). The record's state decides, not the message
// alone: legal transitions go forward; the few legal steps back are a CANCELLED order opened again by a newer message.
#pragma once
#include "engine/base/result.hpp"
#include "engine/effects/plan.hpp"
#include "engine/effects/reconcile.hpp"
#include "engine/effects/workspace.hpp"

namespace gantry::effects {

// The known order a group speaks of, if any. Errors: order_ambiguous.
struct FoundOrder {
    OrderId id;              // none: not known
    bool by_number = false;  // found under its placer or filler number, not only as the same procedure
    bool has_placer_key = false, has_filler_key = false;
};
Result<FoundOrder> find_order(const OrderChange& change, PatientId patient, Workspace& records);

// Applies one group. An error refuses the whole message; a RecordOutcome in the plan says what happened otherwise.
Result<void> apply_order(const OrderChange& change, PatientId patient, Workspace& records, const OrderPolicy& policy,
                         Plan& plan);

// A number for people from an id: 64 bits in at most 13 characters that nobody confuses, after the prefix.
std::string short_number(char prefix, std::int64_t id);

}  // namespace gantry::effects
