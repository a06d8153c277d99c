#include "engine/effects/order_rules.hpp"

#include "engine/effects/order_application.hpp"
#include "engine/effects/report_rules.hpp"

namespace gantry::effects {

Result<void> OrderApplication::run(const FoundOrder& found) {
    if (found.id) order_ = &records_.edit_order(found.id);
    if (order_ && order_->after.patient != subject_.patient)
        return Error{ErrorCode::order_ambiguous, "the order belongs to another patient", change_.place_of_number()};
    const auto result = !found.id ? run_unknown() : found.by_number ? run_known() : join_procedure();
    if (result) add_keys(found);
    if (result && order_ && plan_.records.back().what != What::ignored) keep_posted();
    return result;
}

Result<void> OrderApplication::run_unknown() {
    switch (change_.action) {
        case OrderAction::create:
        case OrderAction::create_or_update:
            return create("", "SCHEDULED");
        case OrderAction::create_held:
            return create("", "SCHEDULED", true);
        case OrderAction::create_completed:
            return create("COMPLETED", "COMPLETED");
        case OrderAction::create_cancelled:
        case OrderAction::cancel:
        case OrderAction::discontinue:
            return create("CANCELLED", "CANCELED");  // a tombstone: an older NW that comes later opens nothing
        case OrderAction::parent:
            return report(What::ignored, std::string(groups));
        case OrderAction::note:
            return report(What::ignored, "this notice changes nothing here");
        default:
            return refuse(ErrorCode::order_unknown);
    }
}

Result<void> OrderApplication::run_known() {
    const auto& status = order_->after.fields[OrderField::status];
    if (older() && change_.action != OrderAction::note && change_.action != OrderAction::parent)
        return leave_as_it_is();
    switch (change_.action) {
        case OrderAction::create:
            return update_by_new(status);
        case OrderAction::create_held:
            return status == "CANCELLED" ? reopen(true) : hold();
        case OrderAction::create_or_update:
            return update(status);
        case OrderAction::create_completed:
        case OrderAction::complete:
            return complete(status);
        case OrderAction::create_cancelled:
        case OrderAction::cancel:
            return cancel(status, "CANCELED");
        case OrderAction::discontinue:
            return cancel(status, "DISCONTINUED");
        case OrderAction::replace_old:
            return replace(status);
        case OrderAction::start:
            return progress(status, true);
        case OrderAction::partial_results:
            return progress(status, false);
        case OrderAction::hold:
            return hold();
        case OrderAction::release:
            return release();
        case OrderAction::status_only:
            return touch();
        case OrderAction::assign_number:
            return assign_number();
        case OrderAction::parent:
            return report(What::ignored, std::string(groups));
        case OrderAction::note:
            return report(What::ignored, "this notice changes nothing here");
    }
    return {};
}

bool OrderApplication::older() const {
    return !change_.event_time.empty() && change_.event_time < order_->after.event_time;
}

Result<void> OrderApplication::leave_as_it_is() {
    const auto action = change_.action;
    const bool takes_away = action == OrderAction::cancel || action == OrderAction::discontinue ||
                            action == OrderAction::hold || action == OrderAction::replace_old;
    if (takes_away && is_request()) return refuse(ErrorCode::order_older);
    return report(What::ignored, "an older message than the newest one applied to this order");
}

Result<void> OrderApplication::report(What what, std::string reason) {
    RecordOutcome outcome{RecordKind::order,  what,           change_.place, std::move(reason),
                          change_.reply_done, change_.filler, change_.placer};
    if (order_) outcome.filler.number = order_->after.fields[OrderField::filler_number];
    if (order_) outcome.id = order_->after.id.value;
    if (order_) outcome.filler.authority = order_->after.fields[OrderField::filler_authority];
    plan_.records.push_back(std::move(outcome));
    return {};
}

Result<void> OrderApplication::report_update() {
    if (identity_differs_)
        return report(What::conflict,
                      "the accession number, study UID or order number cannot change; the first was kept");
    return report(What::updated);
}

Result<void> OrderApplication::report_after_status() {
    remember_time();
    return report_update();
}

Result<void> OrderApplication::conflict(const std::string& why) {
    return report(What::conflict, why);
}

Error OrderApplication::refuse(ErrorCode code) const {
    return {code, {}, code == ErrorCode::order_unknown ? change_.place_of_number() : change_.place};
}

Result<void> OrderApplication::refuse_request(ErrorCode code) {
    if (is_request()) return refuse(code);
    return conflict(std::string(info(code).sentence) + "; its status was kept");
}

Result<void> OrderApplication::refuse_but_keep(ErrorCode code) {
    plan_.records.push_back({RecordKind::order, What::conflict, change_.place, std::string(info(code).sentence),
                             change_.reply_unable, change_.filler, change_.placer, order_->after.id.value});
    return {};
}

namespace {

// No order number at all, only what ties images to an order: found as the order of a result is.
Result<FoundOrder> find_by_images(const OrderChange& change, PatientId patient, Workspace& records) {
    ReportChange about;
    about.study_instance_uid = change.fields.value(OrderField::study_instance_uid);
    const auto id = find_result_order(about, change, patient, records);
    if (!id) return id.error();
    return FoundOrder{*id, static_cast<bool>(*id), false, false};
}

}  // namespace

Result<void> apply_order(const OrderChange& change, const Subject& subject, Workspace& records,
                         const OrderPolicy& policy, Plan& plan) {
    const bool numbered = !change.placer.number.empty() || !change.filler.number.empty();
    const auto found =
        numbered ? find_order(change, subject.patient, records) : find_by_images(change, subject.patient, records);
    if (!found) return found.error();
    return apply_order_found(change, *found, subject, records, policy, plan);
}

Result<void> apply_order_found(const OrderChange& change, const FoundOrder& found, const Subject& subject,
                               Workspace& records, const OrderPolicy& policy, Plan& plan) {
    return OrderApplication(change, subject, records, policy, plan).run(found);
}

}  // namespace gantry::effects
