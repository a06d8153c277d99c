// What the statuses of incoming resources do: total, every code gives an action or the error fhir_status_refused
// (docs/specs/fhir-writing.md).
#pragma once
#include <optional>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/effects/effects.hpp"

namespace gantry::fhir {

// One state of an order, as a ServiceRequest, an ImagingStudy or both say it.
enum class OrderState : std::uint8_t { open, scheduled, in_progress, held, completed, cancelled, not_said };

// request-status and request-intent. A draft, and what is no order (proposal, plan, directive, option), is refused.
Result<OrderState> request_state(std::string_view status, std::string_view intent);
// imagingstudy-status. A registered study that has instances is being made.
Result<OrderState> study_state(std::string_view status, bool has_instances);
// What both say together: a request that was called off, held or completed counts before its study.
OrderState together(OrderState request, OrderState study);

// diagnostic-report-status. Nothing: `unknown`, which changes nothing.
Result<std::optional<effects::ResultStatus>> result_status_of(std::string_view status);
// What a report of that status does to its orders.
effects::OrderAction action_on_orders(effects::ResultStatus status);

}  // namespace gantry::fhir
