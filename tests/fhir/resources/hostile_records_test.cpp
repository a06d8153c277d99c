#include "hostile_records.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/base/utf8.hpp"
#include "engine/json/value.hpp"
#include "fhir/resources/appointment.hpp"
#include "fhir/resources/binary.hpp"
#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/diagnostic_report.hpp"
#include "fhir/resources/imaging_study.hpp"
#include "fhir/resources/observation.hpp"
#include "fhir/resources/patient.hpp"
#include "fhir/resources/practitioner.hpp"
#include "fhir/resources/service_request.hpp"
#include "fhir/resources/task.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;

namespace {

bool blank(const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

// R4 2.1.8: no element is empty; and no control character that XML could not hold.
void check_elements(const json::Value& value, const std::string& path) {
    if (value.is_object()) BOOST_TEST(!value.members().empty(), path);
    // A kind of thing, a use or a system alone is about nothing.
    if (value.members().size() == 1)
        for (const auto* nothing : {"type", "use", "system"}) BOOST_TEST(value.members().front().key != nothing, path);
    if (value.is_array()) BOOST_TEST(!value.items().empty(), path);
    if (value.is_string()) {
        BOOST_TEST(!blank(value.string()), path);
        for (const char c : value.string())
            BOOST_TEST((static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\r' || c == '\t'), path);
    }
    for (const auto& member : value.members()) check_elements(member.value, path + "." + member.key);
    for (const auto& item : value.items()) check_elements(item, path + "[]");
}

void check_resource(const std::string& written, const std::string& type) {
    BOOST_TEST(is_utf8(written));
    BOOST_TEST(written.starts_with("{\"resourceType\":\"" + type + "\",\"id\":\""));
    const auto tree = json::parse(written);
    BOOST_REQUIRE(bool(tree));
    check_elements(*tree, type);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hostile_records)

BOOST_AUTO_TEST_CASE(give_sound_resources) {
    for (const auto& value : hostile_values()) {
        check_resource(patient_json(hostile_patient(value), changed_at, context()), "Patient");
        check_resource(practitioner_json(hostile_provider(value), changed_at, context()), "Practitioner");
        const auto order = hostile_order(value);
        check_resource(service_request_json(order, changed_at, context()), "ServiceRequest");
        check_resource(imaging_study_json(order, changed_at, context()), "ImagingStudy");
        check_resource(task_json(order, order.steps.front(), changed_at, context()), "Task");
        const auto report = hostile_report(value);
        check_resource(diagnostic_report_json(report, {101}, changed_at, context()), "DiagnosticReport");
        for (std::size_t number = 1; number <= section_count; ++number)
            if (const auto section = observation_json(report, {101}, number, changed_at, context()))
                check_resource(*section, "Observation");
        check_resource(binary_json(std::string(64, 'a'), value, value), "Binary");
    }
}

BOOST_AUTO_TEST_CASE(give_no_appointment_without_a_day) {
    for (const auto& value : hostile_values())
        BOOST_TEST(!appointment_json(hostile_order(value), changed_at, context()).has_value(), value);
}

// The same values give the same text, whatever was projected before.
BOOST_AUTO_TEST_CASE(give_the_same_text_again) {
    const auto once = service_request_json(full_order(), changed_at, context());
    for (const auto& value : hostile_values()) (void)service_request_json(hostile_order(value), changed_at, context());
    BOOST_TEST(service_request_json(full_order(), changed_at, context()) == once);
}

BOOST_AUTO_TEST_SUITE_END()
