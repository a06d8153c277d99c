#include "fhir/mapping/inbound_statuses.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "fhir/resources/code_pairs.hpp"

namespace gantry::fhir {
namespace {

using effects::OrderAction;
using effects::ResultStatus;

constexpr std::array<std::string_view, 5> orders{"order", "original-order", "reflex-order", "filler-order",
                                                 "instance-order"};

struct ResultRow {
    std::string_view fhir;
    ResultStatus record;
};
constexpr ResultRow results[] = {{"registered", ResultStatus::registered},     {"partial", ResultStatus::partial},
                                 {"preliminary", ResultStatus::preliminary},   {"final", ResultStatus::final},
                                 {"amended", ResultStatus::corrected},         {"corrected", ResultStatus::corrected},
                                 {"appended", ResultStatus::corrected},        {"cancelled", ResultStatus::cancelled},
                                 {"entered-in-error", ResultStatus::cancelled}};

Error refused(const char* what, const char* place) {
    return {ErrorCode::fhir_status_refused, what, place};
}

}  // namespace

Result<OrderState> request_state(std::string_view status, std::string_view intent) {
    if (std::find(orders.begin(), orders.end(), intent) == orders.end())
        return refused("only orders are taken, no proposals, plans, directives and options", "ServiceRequest.intent");
    if (status == "active") return OrderState::open;
    if (status == "on-hold") return OrderState::held;
    if (status == "completed") return OrderState::completed;
    if (status == "revoked" || status == "entered-in-error") return OrderState::cancelled;
    if (status == "unknown") return OrderState::not_said;
    return refused(status == "draft" ? "a draft is no order yet" : "it is no status of a request",
                   "ServiceRequest.status");
}

Result<OrderState> study_state(std::string_view status, bool has_instances) {
    if (status == "unknown") return OrderState::not_said;
    const auto record = record_code(imaging_study_status_pairs(), status);
    if (record == "SCHEDULED") return has_instances ? OrderState::in_progress : OrderState::scheduled;
    if (record == "COMPLETED") return OrderState::completed;
    if (record == "CANCELLED") return OrderState::cancelled;
    return refused("it is no status of a study", "ImagingStudy.status");
}

OrderState together(OrderState request, OrderState study) {
    if (request == OrderState::not_said) return study;
    if (request != OrderState::open || study == OrderState::not_said || study == OrderState::scheduled) return request;
    return study;
}

Result<std::optional<ResultStatus>> result_status_of(std::string_view status) {
    if (status == "unknown") return std::optional<ResultStatus>();
    const auto* row =
        std::find_if(std::begin(results), std::end(results), [&](const ResultRow& one) { return one.fhir == status; });
    if (row == std::end(results)) return refused("it is no status of a report", "DiagnosticReport.status");
    return std::optional(row->record);
}

OrderAction action_on_orders(ResultStatus status) {
    switch (status) {
        case ResultStatus::final:
        case ResultStatus::corrected:
            return OrderAction::complete;
        case ResultStatus::partial:
        case ResultStatus::preliminary:
            return OrderAction::partial_results;
        case ResultStatus::registered:
        case ResultStatus::cancelled:
            break;
    }
    return OrderAction::note;
}

}  // namespace gantry::fhir
