// Orders that stand for other orders: RP and its RO, PA and its CH (HL7 v2.9 4.2.2, table 0119).
#include <algorithm>

#include "engine/effects/order_application.hpp"
#include "engine/effects/sentences.hpp"
#include "engine/effects/step_states.hpp"

namespace gantry::effects {
namespace {

const std::string only_groups = "This order only groups its child orders; it is not done itself.";

bool is_order(const RecordOutcome& record) {
    return record.kind == RecordKind::order;
}

}  // namespace

Result<void> OrderApplication::replace(const std::string& status) {
    auto cancelled = cancel(status, "CANCELED");
    if (cancelled && plan_.records.back().what == What::updated) plan_.records.back().reason = replaced;
    return cancelled;
}

// Several orders may take the place of several: RP RP RO RO. Those meant are the last that were replaced.
std::string OrderApplication::replaced_numbers() const {
    const auto is_replaced = [](const RecordOutcome& record) { return record.reason == replaced; };
    const bool one_of_several = change_.control == "RO" || change_.control == "CH";
    auto at = plan_.records.rbegin();
    if (one_of_several) at = std::find_if(at, plan_.records.rend(), is_replaced);
    std::string out;
    for (; at != plan_.records.rend() && is_replaced(*at); ++at)
        out = at->placer.number + (out.empty() ? "" : "\\" + out);
    return out;
}

bool OrderApplication::replaces_itself() const {
    const auto& before = plan_.records;
    return !before.empty() && before.back().reason == replaced && before.back().placer == change_.placer;
}

void OrderApplication::retire_parent() {
    const auto parent = std::find_if(plan_.records.begin(), plan_.records.end(),
                                     [](const auto& record) { return is_order(record) && record.reason == groups; });
    if (parent == plan_.records.end()) return;
    const auto prefix = placer_prefix(parent->placer);
    for (const auto& match : records_.orders_with_prefix(prefix)) {
        const auto& known = *records_.order(match.order);
        const bool child = is_further_key(match.key, prefix) || match.order == order_->after.id;
        const bool meant = known.fields[OrderField::filler_number] == parent->filler.number;
        const auto& status = known.fields[OrderField::status];
        if (child || !meant || (status != "ORDERED" && status != "SCHEDULED")) continue;
        auto& order = records_.edit_order(match.order).after;
        for (auto& step : order.steps) {
            if (waiting_step(step)) step.fields[StepField::status].clear();
        }
        order.fields[OrderField::status] = "ORDERED";
        add_sentence(order.fields[OrderField::warnings], only_groups);
    }
}

void OrderApplication::add_keys(const FoundOrder& found) {
    if (!order_) return;
    const auto id = order_->after.id;
    const auto& procedure = change_.fields.value(OrderField::procedure_code);
    const auto add = [&](const std::string& key, bool stored, bool shared) {
        if (!stored && !shared)
            records_.add_order_key(*order_, key);
        else if (!found.by_number)
            records_.add_order_key(*order_, further_key(key, id));
    };
    const bool child = change_.control == "CH";
    if (!change_.placer.number.empty())
        add(placer_key(change_.placer, procedure), found.placer_key_stored, child && order_->created);
    if (child && order_->created && !change_.parent.number.empty() && !(change_.parent == change_.placer))
        records_.add_order_key(*order_, child_key(change_.parent, id));
    auto filler = change_.filler;
    if (filler.number.empty() && order_->created)
        filler = {order_->after.fields[OrderField::filler_number], order_->after.fields[OrderField::filler_authority]};
    if (!filler.number.empty()) add(filler_key(filler, procedure), found.filler_key_stored, false);
}

}  // namespace gantry::effects
