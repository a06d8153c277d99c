// What becomes of results and documents (imaging rules 7.1 and 7.9): which report and which orders they speak of, what
// the report is with this version, and what a result does to its orders.
#pragma once
#include "engine/base/result.hpp"
#include "engine/effects/patient_rules.hpp"
#include "engine/effects/reconcile.hpp"
#include "engine/effects/workspace.hpp"

namespace gantry::effects {

// The known report that a change speaks of.
struct FoundReport {
    ReportId id;            // none: not known
    bool addendum = false;  // the change adds to it instead of being a version of it
    std::string part;       // the number of the addendum
};
// orders: those the change answers, as find_result_order() found them; unknown ones without id.
// Errors: order_ambiguous (hold): it could be several.
Result<FoundReport> find_report(const ReportChange& change, const std::vector<OrderId>& orders, Workspace& records);

// The order a result answers, by its numbers, else by accession number with issuer or study UID: the patient's, and the
// only one (imaging rule 7.1). None: not known. Errors: order_ambiguous (hold): the numbers mean several orders, or one
// of another patient.
Result<OrderId> find_result_order(const ReportChange& change, const OrderChange& order, PatientId patient,
                                  Workspace& records);

// An order that is known by nothing but its result; the order itself fills it when it comes.
OrderId make_minimal_order(const ReportChange& change, const OrderChange& order, const Subject& subject,
                           Workspace& records, Plan& plan);
// What the result's status does to an order that is known: a final report completes it and closes its steps.
Result<void> apply_result_to_order(const ReportChange& change, const OrderChange& order, OrderId id,
                                   const Subject& subject, Workspace& records, const OrderPolicy& policy, Plan& plan);

// All reports of one message. Where nothing of it is about imaging, the plan says why it is filtered.
// Errors: those above, order_unknown, report_not_imaging.
Result<void> apply_reports(const std::vector<ReportChange>& changes, const Subject& subject, Workspace& records,
                           const OrderPolicy& policy, Plan& plan);

}  // namespace gantry::effects
