#include "fhir/resources/element_map.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>

#include "fhir/resources/appointment.hpp"
#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/diagnostic_report.hpp"
#include "fhir/resources/imaging_study.hpp"
#include "fhir/resources/observation.hpp"
#include "fhir/resources/patient.hpp"
#include "fhir/resources/service_request.hpp"
#include "fhir/resources/task.hpp"
#include "records.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;
using effects::RecordKind;

namespace {

using Resources = std::map<std::string, std::string>;  // by type
using Types = std::set<std::string>;

Resources shown(const PatientRecord& patient) {
    return {{"Patient", patient_json(patient, changed_at, context())}};
}

Resources shown(const OrderRecord& order) {
    Resources out{{"ServiceRequest", service_request_json(order, changed_at, context())},
                  {"ImagingStudy", imaging_study_json(order, changed_at, context())}};
    for (const auto& step : order.steps) out["Task"] += task_json(order, step, changed_at, context());
    out["Appointment"] = appointment_json(order, changed_at, context()).value_or("");
    return out;
}

Resources shown(const ReportRecord& report) {
    Resources out{{"DiagnosticReport", diagnostic_report_json(report, {101}, changed_at, context())}};
    for (std::size_t number = 1; number <= section_count; ++number)
        out["Observation"] += observation_json(report, {101}, number, changed_at, context()).value_or("");
    return out;
}

Types differing(const Resources& a, const Resources& b) {
    Types out;
    for (const auto& [type, text] : a)
        if (b.at(type) != text) out.insert(type);
    return out;
}

// Values that a field could have instead.
std::vector<std::string> others(const effects::FieldSpec& spec) {
    std::vector<std::string> out{"", "other", "Y", "20200101", "0815", "A\\*", "3", "1.5", "V-5"};
    out.insert(out.end(), spec.choices.begin(), spec.choices.end());
    return out;
}

// Which resources change when nothing but that field of the record does.
template <class Record>
Types shown_by(const std::vector<Record>& records, std::size_t field, const effects::FieldSpec& spec,
               const std::function<std::string&(Record&, std::size_t)>& at) {
    Types out;
    for (const auto& record : records) {
        for (const auto& value : others(spec)) {
            auto changed = record;
            at(changed, field) = value;
            out.merge(differing(shown(record), shown(changed)));
        }
    }
    return out;
}

Types in_the_map(RecordKind kind, std::string_view field) {
    Types out;
    for (const auto& row : element_map())
        if (row.kind == kind && row.field == field && !row.element.empty()) out.emplace(row.resource());
    return out;
}

template <class Record>
void check_fields(RecordKind kind, const std::vector<Record>& records,
                  const std::function<std::string&(Record&, std::size_t)>& at) {
    const auto table = effects::field_table(kind);
    for (std::size_t i = 0; i < table.size(); ++i) {
        const auto found = shown_by(records, i, table[i], at);
        const auto told = in_the_map(kind, table[i].name);
        BOOST_TEST(found == told, to_text(kind) << "." << table[i].name);
    }
}

std::string page(const char* path) {
    std::ifstream in(std::string(GANTRY_SOURCE_DIR) + path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<OrderRecord> orders() {
    auto without_referrer = full_order(), waiting = full_order();
    without_referrer.fields[OrderField::referring_physician].clear();
    waiting.steps.front().fields[StepField::status] = "SCHEDULED";
    return {full_order(), without_referrer, waiting};
}

std::vector<ReportRecord> reports() {
    auto by_status = full_report();
    by_status.fields[ReportField::result_status].clear();
    return {full_report(), by_status};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(element_map_of_records)

BOOST_AUTO_TEST_CASE(the_records_of_these_tests_have_every_field) {
    const auto patient = full_patient();
    const auto order = full_order();
    const auto report = full_report();
    for (std::size_t i = 0; i < patient.fields.size(); ++i) BOOST_TEST(!patient.fields.at(i).empty(), i);
    for (std::size_t i = 0; i < order.steps.front().fields.size(); ++i)
        BOOST_TEST(!order.steps.front().fields.at(i).empty(), i);
    for (std::size_t i = 0; i < report.fields.size(); ++i) BOOST_TEST(!report.fields.at(i).empty(), i);
    // A hold would hide what a status is shown as.
    for (std::size_t i = 0; i < order.fields.size(); ++i)
        BOOST_TEST((!order.fields.at(i).empty() || static_cast<OrderField>(i) == OrderField::hold), i);
}

BOOST_AUTO_TEST_CASE(every_field_of_a_patient) {
    check_fields<PatientRecord>(RecordKind::patient, {full_patient()},
                                [](PatientRecord& r, std::size_t i) -> std::string& { return r.fields.at(i); });
}

BOOST_AUTO_TEST_CASE(every_field_of_an_order) {
    check_fields<OrderRecord>(RecordKind::order, orders(),
                              [](OrderRecord& r, std::size_t i) -> std::string& { return r.fields.at(i); });
}

BOOST_AUTO_TEST_CASE(every_field_of_a_step) {
    check_fields<OrderRecord>(RecordKind::step, orders(), [](OrderRecord& r, std::size_t i) -> std::string& {
        return r.steps.front().fields.at(i);
    });
}

BOOST_AUTO_TEST_CASE(every_field_of_a_report) {
    check_fields<ReportRecord>(RecordKind::report, reports(),
                               [](ReportRecord& r, std::size_t i) -> std::string& { return r.fields.at(i); });
}

BOOST_AUTO_TEST_CASE(what_the_page_says) {
    const auto text = page("/docs/specs/fhir-resources.md");
    for (const auto& row : element_map()) {
        const auto element = row.element.empty() ? std::string("–") : "`" + std::string(row.element) + "`";
        const auto line = "| " + std::string(to_text(row.kind)) + " | `" + std::string(row.field) + "` | " + element;
        BOOST_TEST(text.find(line + " |") != std::string::npos, line);
    }
}

BOOST_AUTO_TEST_CASE(what_is_lost_is_published) {
    const auto text = page("/docs/conformance/fhir-round-trip.md");
    for (const auto& row : element_map()) {
        const auto name = "`" + std::string(to_text(row.kind)) + "." + std::string(row.field) + "`";
        if (row.element.empty()) BOOST_TEST(text.find("| " + name + " |") != std::string::npos, name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
