#include "fhir/resources/appointment.hpp"

#include "expected_json.hpp"
#include "records.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;

BOOST_AUTO_TEST_SUITE(appointment)

BOOST_AUTO_TEST_CASE(with_everything) {
    check_json(*appointment_json(full_order(), changed_at, context()), R"({
  "resourceType": "Appointment",
  "id": "301",
  "meta": {"versionId": "901", "lastUpdated": "2026-11-29T08:00:00.123Z"},
  "status": "arrived",
  "serviceType": [
    {
      "coding": [{"system": "http://loinc.org", "code": "24627-2", "display": "CT Chest"}],
      "text": "CT of the chest with contrast"
    }
  ],
  "reasonCode": [
    {
      "coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "R05", "display": "Cough"}],
      "text": "Cough for 6 weeks"
    }
  ],
  "description": "CT of the chest with contrast",
  "start": "2026-12-01T09:30:00+01:00",
  "_end": {
    "extension": [
      {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
    ]
  },
  "basedOn": [
    {
      "reference": "ServiceRequest/301",
      "identifier": {
        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN"}]},
        "system": "http://hospital.example/ris",
        "value": "ACC1",
        "assigner": {"display": "RIS"}
      }
    }
  ],
  "participant": [
    {"actor": {"reference": "Patient/101"}, "status": "accepted"},
    {"actor": {"type": "Device", "display": "CT Ground Floor"}, "status": "accepted"},
    {"actor": {"type": "Location", "display": "Room 3"}, "status": "accepted"},
    {"actor": {"type": "Practitioner", "display": "Gregory House"}, "status": "accepted"}
  ]
})");
}

BOOST_AUTO_TEST_CASE(on_a_day_without_a_time) {
    check_json(*appointment_json(sparse_order(), changed_at, context()), R"({
  "resourceType": "Appointment",
  "id": "303",
  "meta": {"versionId": "4", "lastUpdated": "2026-11-29T08:00:00.123Z"},
  "status": "booked",
  "serviceType": [{"text": "CT"}],
  "description": "CT",
  "_start": {"extension": [{"url": "urn:gantry:day-only", "valueDate": "2026-07-01"}]},
  "_end": {
    "extension": [
      {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
    ]
  },
  "basedOn": [
    {
      "reference": "ServiceRequest/303",
      "identifier": {
        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN"}]},
        "value": "ACC3"
      }
    }
  ],
  "participant": [{"actor": {"reference": "Patient/102"}, "status": "accepted"}]
})");
}

BOOST_AUTO_TEST_CASE(none_without_a_start) {
    BOOST_TEST(!appointment_json(minimal_order(), changed_at, context()).has_value());
    auto order = full_order();
    order.steps.front().fields[StepField::start_date].clear();
    BOOST_TEST(!appointment_json(order, changed_at, context()).has_value());
    order.steps.front().fields[StepField::start_date] = "20260230";
    BOOST_TEST(!appointment_json(order, changed_at, context()).has_value());
}

BOOST_AUTO_TEST_CASE(begins_with_the_first_step_that_still_counts) {
    auto order = full_order();
    order.steps.push_back(full_step());
    order.steps.back().fields[StepField::start_date] = "20261101";
    const auto start = [&] {
        const auto written = *appointment_json(order, changed_at, context());
        return written.substr(written.find(R"("start":")") + 9, 10);
    };
    BOOST_TEST(start() == "2026-11-01");
    order.steps.back().fields[StepField::status] = "CANCELED";
    BOOST_TEST(start() == "2026-12-01");
    order.steps.front().fields[StepField::status] = "DISCONTINUED";
    BOOST_TEST(start() == "2026-11-01");
}

BOOST_AUTO_TEST_SUITE_END()
