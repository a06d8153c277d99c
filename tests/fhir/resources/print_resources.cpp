// Every resource of full, minimal and hostile records, one per line (NDJSON): for validators that this project did not
// write.
#include <cstdio>

#include "fhir/resources/appointment.hpp"
#include "fhir/resources/binary.hpp"
#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/diagnostic_report.hpp"
#include "fhir/resources/imaging_study.hpp"
#include "fhir/resources/observation.hpp"
#include "fhir/resources/patient.hpp"
#include "fhir/resources/practitioner.hpp"
#include "fhir/resources/provenance.hpp"
#include "fhir/resources/service_request.hpp"
#include "fhir/resources/task.hpp"
#include "hostile_records.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;

namespace {

void print(const std::string& resource) {
    std::printf("%s\n", resource.c_str());
}

// Everything that one order is shown as.
void print_order(const OrderRecord& order) {
    print(service_request_json(order, changed_at, context()));
    print(imaging_study_json(order, changed_at, context()));
    for (const auto& step : order.steps) print(task_json(order, step, changed_at, context()));
    if (const auto appointment = appointment_json(order, changed_at, context())) print(*appointment);
}

void print_report(const ReportRecord& report, PatientId patient) {
    print(diagnostic_report_json(report, patient, changed_at, context()));
    for (std::size_t number = 1; number <= section_count; ++number)
        if (const auto section = observation_json(report, patient, number, changed_at, context())) print(*section);
}

// In every state, each with a step in every state.
void print_states() {
    const auto statuses = field_table(effects::RecordKind::order)[static_cast<std::size_t>(OrderField::status)].choices;
    const auto steps = field_table(effects::RecordKind::step)[static_cast<std::size_t>(StepField::status)].choices;
    for (const auto status : statuses) {
        for (const auto* hold : {"", "Y"}) {
            auto order = sparse_order();
            order.fields[OrderField::status] = status;
            order.fields[OrderField::hold] = hold;
            for (const auto step : steps) {
                order.steps.push_back(sparse_step());
                order.steps.back().fields[StepField::status] = step;
            }
            print_order(order);
        }
    }
}

void print_results() {
    const auto results =
        field_table(effects::RecordKind::report)[static_cast<std::size_t>(ReportField::result_status)].choices;
    for (const auto result : results) {
        auto report = full_report();
        report.fields[ReportField::result_status] = result;
        print_report(report, {101});
    }
}

void print_hostile() {
    for (const auto& value : hostile_values()) {
        print(patient_json(hostile_patient(value), changed_at, context()));
        print(practitioner_json(hostile_provider(value), changed_at, context()));
        print_order(hostile_order(value));
        print_report(hostile_report(value), {101});
        print(binary_json(std::string(64, 'c'), value, value));
    }
}

}  // namespace

int main() {
    for (const auto& patient : {full_patient(), minimal_patient(), merged_patient()})
        print(patient_json(patient, changed_at, context()));
    print(practitioner_json(full_provider(), changed_at, context()));
    print(practitioner_json(minimal_provider(), changed_at, context()));
    auto unreferred = full_order();
    unreferred.fields[OrderField::referring_physician].clear();
    for (const auto& order : {full_order(), unreferred, sparse_order(), minimal_order()}) print_order(order);
    print_states();
    print_report(full_report(), {101});
    print_report(minimal_report(), {});
    print_results();
    print(binary_json(std::string(64, 'a'), "application/pdf", "%PDF-1.4"));
    print(binary_json(std::string(64, 'b'), "", ""));
    print(provenance_json(full_change()));
    print(provenance_json(minimal_change()));
    print_hostile();
}
