#include <algorithm>

#include "engine/effects/order_rules.hpp"
#include "engine/effects/sentences.hpp"

namespace gantry::effects {
namespace {

using Orders = std::vector<OrderId>;

struct Lookup {
    Orders orders;
    bool exact = false;   // they have the procedure, too
    bool stored = false;  // the very key, number and procedure, is there
};

void add(Orders& orders, OrderId id) {
    if (std::find(orders.begin(), orders.end(), id) == orders.end()) orders.push_back(id);
}

// All orders filed under the number, or those of them with the procedure when there are any. Without a procedure the
// number means every one of them, whatever a message without one was about before.
Lookup under_number(const std::string& prefix, const std::string& key, bool with_children, Workspace& records) {
    Lookup all, exact;
    for (const auto& match : records.orders_with_prefix(prefix)) {
        all.stored = all.stored || match.key == key;
        if (!with_children && is_further_key(match.key, prefix)) continue;
        add(all.orders, match.order);
        if (!is_child_key(match.key, prefix) && key != prefix && is_or_extends(match.key, key))
            add(exact.orders, match.order);
    }
    if (exact.orders.empty()) return all;
    exact.exact = true;
    exact.stored = all.stored;
    return exact;
}

// A cancel that named no procedure: whatever comes under its number later is what was cancelled.
Orders without_procedure(const Orders& orders, Workspace& records) {
    Orders out;
    std::copy_if(orders.begin(), orders.end(), std::back_inserter(out),
                 [&](OrderId id) { return records.order(id)->fields[OrderField::procedure_code].empty(); });
    return out;
}

Orders in_both(const Orders& a, const Orders& b) {
    Orders out;
    std::copy_if(a.begin(), a.end(), std::back_inserter(out),
                 [&](OrderId id) { return std::find(b.begin(), b.end(), id) != b.end(); });
    return out;
}

// A further ORC pair for a requested procedure that is already there: same accession, and the procedure id and study
// UID that the message gives, at least one of them.
OrderId same_procedure(const OrderChange& change, PatientId patient, const Orders& with_accession, Workspace& records) {
    const auto& procedure = change.fields.value(OrderField::requested_procedure_id);
    const auto& uid = change.fields.value(OrderField::study_instance_uid);
    if (uid.empty() && procedure.empty()) return {};
    for (const auto id : with_accession) {
        const auto& order = *records.order(id);
        if (order.patient == patient && order.fields[OrderField::status] != "CANCELLED" &&
            (uid.empty() || order.fields[OrderField::study_instance_uid] == uid) &&
            (procedure.empty() || order.fields[OrderField::requested_procedure_id] == procedure))
            return id;
    }
    return {};
}

// Of several orders under one number the one whose own numbers the group gives, else the one that it repeats.
void narrow(Orders& orders, const OrderChange& change, Workspace& records) {
    const auto keep = [&](auto&& wanted) {
        if (orders.size() < 2) return;
        Orders kept;
        std::copy_if(orders.begin(), orders.end(), std::back_inserter(kept), wanted);
        if (!kept.empty()) orders = std::move(kept);
    };
    for (const auto field :
         {OrderField::accession_number, OrderField::requested_procedure_id, OrderField::study_instance_uid}) {
        const auto& said = change.fields.value(field);
        if (!said.empty()) keep([&](OrderId id) { return records.order(id)->fields[field] == said; });
    }
    if (opens(change.action)) keep([&](OrderId id) { return says_nothing_new(change, *records.order(id)); });
}

// Child orders may share their parent's placer number and procedure: their filler numbers tell them apart.
void leave_siblings(Orders& orders, const OrderChange& change, Workspace& records) {
    const auto& own = change.filler.number;
    if (own.empty()) return;
    std::erase_if(orders, [&](OrderId id) {
        const auto& filler = records.order(id)->fields[OrderField::filler_number];
        return !filler.empty() && filler != own;
    });
}

// Sentences for people are no content; and alerts are the patient's as well.
bool is_remark(const FieldChanges<OrderField>&, std::size_t field) {
    return field == static_cast<std::size_t>(OrderField::warnings) ||
           field == static_cast<std::size_t>(OrderField::medical_alerts);
}
bool is_remark(const FieldChanges<StepField>&, std::size_t) {
    return false;
}

}  // namespace

bool opens(OrderAction action) {
    return action == OrderAction::create || action == OrderAction::create_held ||
           action == OrderAction::create_completed || action == OrderAction::create_cancelled;
}

bool says_nothing_new(const OrderChange& change, const OrderRecord& order) {
    const auto repeats = [](const auto& changes, const auto& values) {
        for (std::size_t i = 0; i < changes.size(); ++i) {
            const auto& said = changes.at(i);
            if (said.says == FieldChange::Says::nothing || said.value == values.at(i) || is_remark(changes, i))
                continue;
            if (!said.fills || values.at(i).empty()) return false;
        }
        return true;
    };
    if (!repeats(change.fields, order.fields)) return false;
    return std::all_of(change.steps.begin(), change.steps.end(), [&](const StepChange& said) {
        return std::any_of(order.steps.begin(), order.steps.end(),
                           [&](const StepRecord& step) { return repeats(said.fields, step.fields); });
    });
}

namespace {

// The orders that the numbers and the procedure mean.
Result<Orders> orders_meant(const OrderChange& change, Workspace& records, FoundOrder& out) {
    const auto& procedure = change.fields.value(OrderField::procedure_code);
    const bool with_children = change.action != OrderAction::parent;
    Lookup placer, filler;
    if (!change.placer.number.empty())
        placer =
            under_number(placer_prefix(change.placer), placer_key(change.placer, procedure), with_children, records);
    if (!change.filler.number.empty())
        filler =
            under_number(filler_prefix(change.filler), filler_key(change.filler, procedure), with_children, records);
    out.placer_key_stored = placer.stored;
    out.filler_key_stored = filler.stored;
    // Another procedure under a known placer number is another order when it is new; otherwise the number alone must
    // do.
    const bool new_procedure = opens(change.action) && !placer.exact && !procedure.empty();
    if (new_procedure) placer.orders = without_procedure(placer.orders, records);
    if (new_procedure && !filler.exact && !change.placer.number.empty()) filler.orders.clear();
    const auto both = in_both(placer.orders, filler.orders);
    if (both.empty() && !placer.orders.empty() && !filler.orders.empty())
        return Error{ErrorCode::order_ambiguous, {}, change.place_of_number()};  // they point at two orders
    auto orders = !both.empty() ? both : !placer.orders.empty() ? placer.orders : filler.orders;
    if (change.control == "CH") leave_siblings(orders, change, records);
    narrow(orders, change, records);
    return orders;
}

// An order that only its result has told of, under the accession number or study UID that this message gives the
// patient: the order itself comes late, with a number of its own.
OrderId known_by_result(const OrderChange& change, PatientId patient, Orders found, Workspace& records) {
    const auto& uid = change.fields.value(OrderField::study_instance_uid);
    if (change.fields.value(OrderField::accession_number).empty() && !uid.empty())
        found = records.orders_with_study_uid(uid);
    std::erase_if(found, [&](OrderId id) {
        const auto& order = *records.order(id);
        const auto& placer = order.fields[OrderField::placer_number];
        return order.patient != patient || !has_sentence(order.fields[OrderField::warnings], only_its_result) ||
               (!placer.empty() && !change.placer.number.empty() && placer != change.placer.number);
    });
    return found.size() == 1 ? found.front() : OrderId();
}

}  // namespace

Result<FoundOrder> find_order(const OrderChange& change, PatientId patient, Workspace& records) {
    FoundOrder out;
    const auto orders = orders_meant(change, records, out);
    if (!orders) return orders.error();
    const bool changes_nothing = change.action == OrderAction::note || change.action == OrderAction::parent;
    if (orders->size() > 1 && !changes_nothing) return Error{ErrorCode::order_ambiguous, {}, change.place_of_number()};
    if (orders->size() == 1) out.id = orders->front();
    if (out.id && opens(change.action) && records.made_here(out.id) &&
        !says_nothing_new(change, *records.order(out.id)))
        out.id = {};  // several OBR of one message: what is ordered tells them apart
    out.by_number = static_cast<bool>(out.id);
    if (out.by_number) return out;
    const auto& accession = change.fields.value(OrderField::accession_number);
    Orders with_accession;
    if (!accession.empty()) with_accession = records.orders_with_accession(accession, change.accession_issuer);
    out.id = same_procedure(change, patient, with_accession, records);
    if (out.id || !(opens(change.action) || change.action == OrderAction::create_or_update)) return out;
    out.id = known_by_result(change, patient, std::move(with_accession), records);
    out.by_number = static_cast<bool>(out.id);
    return out;
}

Result<std::vector<OrderId>> find_orders(const OrderNumber& placer, const OrderNumber& filler,
                                         const std::string& procedure, const std::string& place, Workspace& records) {
    OrderChange wanted;
    wanted.place = place;
    wanted.placer = placer;
    wanted.filler = filler;
    if (!procedure.empty()) wanted.fields.set(OrderField::procedure_code, procedure);
    FoundOrder ignored;
    return orders_meant(wanted, records, ignored);
}

}  // namespace gantry::effects
