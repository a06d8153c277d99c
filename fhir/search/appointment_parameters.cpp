#include "fhir/resources/statuses.hpp"
#include "fhir/search/order_parameters.hpp"

namespace gantry::fhir {
namespace {

using store::Criterion;
using store::Table;

Criterion with_step(std::vector<Criterion> step) {
    return store::linked("id", Table::step, "study", std::move(step));
}

// Most orders are.
Criterion scheduled() {
    return store::attended("id", Table::step, "study", {has_text("start_date")});
}

// By orders whose steps wait, have a patient who arrived, or who is ready: what the status depends on.
Criterion status_is(const SearchValue& value, const SearchContext&) {
    using effects::StepField;
    if (!is_code_of("http://hl7.org/fhir/appointmentstatus", value)) return nothing();
    const auto at = [](const char* state) {
        return with_step({store::equal("status", std::vector<std::string>{state})});
    };
    const auto with = [&](std::string state) {
        return orders_with(
            [&](effects::OrderRecord order) {
                order.steps.resize(1);
                order.steps.front().fields[StepField::status] = state;
                return appointment_status(order);
            },
            value.code);
    };
    return store::any_of({store::all_of({at("READY"), with("READY")}),
                          store::all_of({at("ARRIVED"), store::none_of({at("READY")}), with("ARRIVED")}),
                          store::all_of({store::none_of({at("READY"), at("ARRIVED")}), with("SCHEDULED")})});
}

}  // namespace

SearchableType appointment_search() {
    SearchableType out;
    out.name = "Appointment";
    out.rows = scheduled;
    out.parameters = {id_parameter(),
                      last_updated_parameter(),
                      order_moment("date", "Appointment.start", "When it begins", "scheduled_date"),
                      patient_of_order("patient", "Appointment.participant.actor.where(resolve() is Patient)"),
                      always_refers("based-on", "Appointment.basedOn", "The order", order_of_order()),
                      {.code = "status",
                       .expression = "Appointment.status",
                       .meaning = "What became of it",
                       .where = status_is,
                       .present = [] { return store::all_of({}); }}};
    return out;
}

}  // namespace gantry::fhir
