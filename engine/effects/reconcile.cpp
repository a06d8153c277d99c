#include "engine/effects/reconcile.hpp"

#include <algorithm>

#include "engine/effects/identity_rules.hpp"
#include "engine/effects/known_by.hpp"
#include "engine/effects/order_rules.hpp"
#include "engine/effects/patient_rules.hpp"
#include "engine/effects/report_rules.hpp"
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

// What a key is made of is put together with control characters (records.hpp): it must have none itself, or two numbers
// could make one key. HL7 can bring one in by an escape, \X1F\.
template <class... Texts>
bool plain(const Texts&... texts) {
    const auto one = [](const std::string& text) {
        return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
    };
    return (one(texts) && ...);
}

bool plain_numbers(const std::vector<Identifier>& identifiers) {
    return std::all_of(identifiers.begin(), identifiers.end(),
                       [](const Identifier& one) { return plain(one.value, one.authority, one.type); });
}

bool plain_numbers(const PatientMerge& merge) {
    return plain_numbers(std::vector{merge.prior, merge.survivor}) &&
           (!merge.pid || plain_numbers(merge.pid->identifiers));
}

bool plain_numbers(const OrderChange& order) {
    const auto& fields = order.fields;
    return plain(order.placer.number, order.placer.authority, order.filler.number, order.filler.authority,
                 order.parent.number, order.parent.authority, order.accession_issuer,
                 fields.value(OrderField::accession_number), fields.value(OrderField::requested_procedure_id),
                 fields.value(OrderField::procedure_code), fields.value(OrderField::requesting_physician_id));
}

bool plain_numbers(const ScheduleChange& schedule) {
    return std::all_of(schedule.orders.begin(), schedule.orders.end(),
                       [](const auto& one) {
                           return plain(one.placer.number, one.placer.authority, one.filler.number,
                                        one.filler.authority);
                       }) &&
           std::all_of(schedule.items.begin(), schedule.items.end(),
                       [](const ScheduleItem& item) { return plain(item.procedure); });
}

bool plain_numbers(const ReportChange& report) {
    for (const auto* number : {&report.document, &report.parent_document, &report.parent_placer, &report.parent_filler})
        if (!plain(number->number, number->authority)) return false;
    return plain(report.fields.value(ReportField::radiologist_id)) &&
           std::all_of(report.orders.begin(), report.orders.end(),
                       [](const OrderChange& order) { return plain_numbers(order); });
}

std::optional<Error> control_character(const Effects& effects) {
    const auto at = [](const std::string& place) {
        return Error{ErrorCode::hl7_bad_value, "a control character in a number or code", place};
    };
    if (effects.patient && !plain_numbers(effects.patient->identifiers)) return at(effects.patient->place_of_number());
    for (const auto& merge : effects.merges) {
        if (!plain_numbers(merge)) return at(merge.place);
    }
    for (const auto& order : effects.orders) {
        if (!plain_numbers(order)) return at(order.place);
    }
    if (effects.schedule && !plain_numbers(*effects.schedule)) return at(effects.schedule->place);
    for (const auto& report : effects.reports) {
        if (!plain_numbers(report)) return at(report.number_place);
    }
    return std::nullopt;
}

Plan refused(const Error& error, std::vector<RecordOutcome> records = {}) {
    Plan plan;
    plan.refused = error;
    plan.records = std::move(records);
    return plan;
}

Plan filtered(Plan plan) {
    Plan out;
    out.filtered_by = std::move(plan.filtered_by);
    return out;
}

}  // namespace

namespace {

// Asked in the transaction that would write: of several who ask at once, one finds nothing.
std::optional<Plan> known_already(const KnownBy& wanted, const std::string& place, RecordReader& records) {
    const auto known = known_as(wanted, records);
    if (known.empty()) return std::nullopt;
    if (known.size() > 1) return refused({ErrorCode::fhir_multiple_matches, {}, place});
    Plan plan;
    plan.filtered_by = "it is known already";
    plan.records.push_back(
        {wanted.kind, RecordOutcome::What::unchanged, place, plan.filtered_by, {}, {}, {}, known.front()});
    return plan;
}

// Of what was posted: what a record names now. What was ignored, being older or no news, is named by none.
std::vector<PostedResource> named(const std::vector<PostedResource>& posted, const Plan& plan) {
    std::vector<PostedResource> out;
    const auto is_named = [&](const std::string& sum) {
        return std::any_of(plan.patients.begin(), plan.patients.end(),
                           [&](const PatientWrite& one) { return one.after.fields[PatientField::posted] == sum; }) ||
               std::any_of(plan.orders.begin(), plan.orders.end(),
                           [&](const OrderWrite& one) {
                               return one.after.fields[OrderField::posted_request] == sum ||
                                      one.after.fields[OrderField::posted_study] == sum;
                           }) ||
               std::any_of(plan.reports.begin(), plan.reports.end(), [&](const ReportWrite& one) {
                   const auto& versions = one.after.versions;
                   return std::any_of(versions.begin(), versions.end(), [&](const ReportVersion& version) {
                       return version.said[ReportField::posted] == sum;
                   });
               });
    };
    for (const auto& one : posted)
        if (is_named(one.sum)) out.push_back(one);
    return out;
}

}  // namespace

Plan reconcile(const Effects& effects, RecordReader& records, IdSource& ids, const OrderPolicy& policy) {
    if (const auto error = control_character(effects)) return refused(*error);
    if (effects.unless_known) {
        if (auto known =
                known_already(*effects.unless_known, std::string(to_text(effects.unless_known->kind)), records))
            return std::move(*known);
    }
    if (effects.only_version && !is_current(*effects.only_version, records))
        return refused({ErrorCode::fhir_precondition, {}, {}});
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
    if (!effects.reports.empty()) {
        const auto applied = apply_reports(effects.reports, *subject, workspace, policy, plan);
        if (!applied) return refused(applied.error());
        if (!plan.filtered_by.empty()) return filtered(std::move(plan));
    }
    workspace.collect(plan);
    if (!effects.posted.empty()) plan.posted = named(effects.posted, plan);
    for (const auto& reason : effects.ignored) plan.warnings.push_back(reason);
    return plan;
}

}  // namespace gantry::effects
