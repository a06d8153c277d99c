#include "fhir/resources/statuses.hpp"
#include "fhir/search/order_parameters.hpp"

namespace gantry::fhir {
namespace {

using store::Criterion;
using store::Table;

Criterion of_order(Criterion order) {
    return store::linked("study", Table::order, "id", {std::move(order)});
}

Criterion of_step(Criterion step) {
    return store::linked("id", Table::step, "study", {std::move(step)});
}

std::span<const std::string_view> choices(effects::RecordKind kind, std::size_t field) {
    return effects::field_table(kind)[field].choices;
}

// The function asked for every state that order and step can have together.
Criterion status_is(const SearchValue& value, const SearchContext&) {
    using effects::OrderField, effects::StepField, effects::RecordKind;
    if (!is_code_of("http://hl7.org/fhir/task-status", value)) return nothing();
    const auto of_steps = choices(RecordKind::step, static_cast<std::size_t>(StepField::status));
    std::vector<std::string> states(of_steps.begin(), of_steps.end());
    states.emplace_back();  // not scheduled any more
    std::vector<Criterion> any;
    for (const auto& state : states) {
        effects::StepRecord step;
        step.fields[StepField::status] = state;
        auto orders = orders_with([&](const auto& order) { return task_status(order, step); }, value.code);
        if (orders.parts.empty()) continue;
        any.push_back(store::all_of({store::equal("status", std::vector{state}), of_order(std::move(orders))}));
    }
    return store::any_of(std::move(any));
}

std::vector<ReferenceTarget> patient_of_step() {
    return {{"Patient",
             [](Criterion patient) {
                 return of_order(store::linked("patient", Table::patient, "id", {std::move(patient)}));
             },
             [](Criterion step) { return store::linked("id", Table::order, "patient", {of_step(std::move(step))}); }}};
}

SearchParameter patient(std::string_view code, std::string_view expression) {
    return always_refers(code, expression, "The patient", patient_of_step());
}

SearchParameter request(std::string_view code, std::string_view expression) {
    return always_refers(code, expression, "The order", {{"ServiceRequest", of_order, of_step}});
}

}  // namespace

SearchableType task_search() {
    SearchableType out;
    out.name = "Task";
    out.table = Table::step;
    auto updated = last_updated_parameter();
    updated.where = [](const SearchValue& value, const SearchContext&) { return of_order(changed_at(value)); };
    updated.sort = {};
    out.parameters = {id_parameter(),
                      std::move(updated),
                      {.code = "identifier",
                       .expression = "Task.identifier",
                       .meaning = "The scheduled procedure step's id",
                       .where =
                           [](const SearchValue& value, const SearchContext&) {
                               if (value.system && !value.system->empty()) return nothing();
                               return store::equal("step_id", std::vector{value.code});
                           },
                       .present = [] { return has_text("step_id"); },
                       .sort = "step_id"},
                      patient("patient", "Task.for.where(resolve() is Patient)"),
                      patient("subject", "Task.for"),
                      request("based-on", "Task.basedOn"),
                      request("focus", "Task.focus"),
                      {.code = "status",
                       .expression = "Task.status",
                       .meaning = "What became of it",
                       .where = status_is,
                       .present = [] { return store::all_of({}); }}};
    return out;
}

}  // namespace gantry::fhir
