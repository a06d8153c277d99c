#include "fhir/resources/statuses.hpp"
#include "fhir/search/order_parameters.hpp"

namespace gantry::fhir {
namespace {

using store::Criterion;
using store::Table;

Criterion of_orders(Criterion order) {
    return store::linked("id", Table::report_order, "report",
                         {store::linked("study", Table::order, "id", {std::move(order)})});
}

Criterion of_reports(Criterion report) {
    return store::linked("id", Table::report_order, "study",
                         {store::linked("report", Table::report, "id", {std::move(report)})});
}

// Its number, and those of the orders it answers: their accession numbers, above all.
Criterion numbered(const SearchValue& value, const SearchContext& context) {
    return store::any_of(
        {number_is({"report_number", "report_authority"}, value, context), of_orders(accession_is(value, context))});
}

Criterion status_is(const SearchValue& value, const SearchContext&) {
    using effects::ReportField, effects::RecordKind;
    if (!is_code_of("http://hl7.org/fhir/diagnostic-report-status", value)) return nothing();
    const auto table = effects::field_table(RecordKind::report);
    std::vector<Criterion> any;
    std::vector<std::string> results;
    for (const auto& result : table[static_cast<std::size_t>(ReportField::result_status)].choices)
        if (effects::ReportRecord report;
            (report.fields[ReportField::result_status] = result, diagnostic_report_status(report) == value.code))
            results.emplace_back(result);
    any.push_back(store::equal("result_status", std::move(results)));
    std::vector<std::string> states;
    const auto& choices = table[static_cast<std::size_t>(ReportField::status)].choices;
    std::vector<std::string> all(choices.begin(), choices.end());
    all.emplace_back();
    for (const auto& state : all) {
        effects::ReportRecord report;
        report.fields[ReportField::status] = state;
        if (diagnostic_report_status(report) == value.code) states.push_back(state);
    }
    any.push_back(store::all_of(
        {store::equal("result_status", std::vector<std::string>{""}), store::equal("status", std::move(states))}));
    return store::any_of(std::move(any));
}

// The report or one of its orders has: its version is the newest of its own and theirs (fhir/interactions/shelf.cpp).
Criterion report_or_order_changed_since(std::int64_t change) {
    return store::any_of({changed_since(change), of_orders(changed_since(change))});
}

// Its subject is the patient of its primary order, whoever else's a further one has become.
Criterion of_primary(Criterion order) {
    return store::linked("imaging_study", Table::order, "id", {std::move(order)});
}

SearchParameter patient(std::string_view code, std::string_view expression) {
    return always_refers(code, expression, "The patient",
                         {{"Patient",
                           [](Criterion person) {
                               return of_primary(store::linked("patient", Table::patient, "id", {std::move(person)}));
                           },
                           [](Criterion report) {
                               return store::linked(
                                   "id", Table::order, "patient",
                                   {store::linked("id", Table::report, "imaging_study", {std::move(report)})});
                           }}});
}

}  // namespace

SearchableType diagnostic_report_search() {
    SearchableType out;
    out.name = "DiagnosticReport";
    out.table = Table::report;
    auto study = always_refers("imagingStudy", "DiagnosticReport.imagingStudy", "The study (IHE IMR)",
                               {{"ImagingStudy", of_orders, of_reports}});
    study.ours = true;
    auto updated = last_updated_parameter();
    updated.where = [](const SearchValue& value, const SearchContext&) {
        return changed_at(value, report_or_order_changed_since);
    };
    updated.sort = {};
    SearchParameter alias;
    alias.code = "basedOn";
    alias.type = ParameterType::reference;
    alias.alias_of = "based-on";
    alias.meaning = "As IHE IMR writes based-on";
    alias.ours = true;
    out.parameters = {
        id_parameter(),
        std::move(updated),
        {.code = "identifier",
         .expression = "DiagnosticReport.identifier",
         .meaning = "The report's number, or the accession number of an order it answers",
         .where = numbered},
        patient("patient", "DiagnosticReport.subject.where(resolve() is Patient)"),
        patient("subject", "DiagnosticReport.subject"),
        always_refers("based-on", "DiagnosticReport.basedOn", "The orders it answers",
                      {{"ServiceRequest", of_orders, of_reports}}),
        std::move(alias),
        std::move(study),
        {.code = "status",
         .expression = "DiagnosticReport.status",
         .meaning = "How final it is",
         .where = status_is,
         .present = [] { return store::all_of({}); },
         .sort = "result_status"},
        {.code = "code",
         .expression = "DiagnosticReport.code",
         .meaning = "What was reported on",
         .where = [](const SearchValue& value, const SearchContext&) { return coded("code", "code_scheme", value); },
         .present = [] { return has_text("code"); },
         .sort = "code"},
        order_moment("date", "DiagnosticReport.effective", "When what it reports on was observed", "observation_date"),
        order_moment("issued", "DiagnosticReport.issued", "When this version was issued", "report_date"),
        {.code = "results-interpreter",
         .type = ParameterType::reference,
         .expression = "DiagnosticReport.resultsInterpreter",
         .meaning = "Who read it",
         .present = [] { return store::none_of({store::equal("reported_by", std::vector<std::int64_t>{0})}); },
         .targets = {{"Practitioner",
                      [](Criterion provider) {
                          return store::linked("reported_by", Table::provider, "id", {std::move(provider)});
                      },
                      [](Criterion report) {
                          return store::linked("id", Table::report, "reported_by", {std::move(report)});
                      }}}}};
    return out;
}

}  // namespace gantry::fhir
