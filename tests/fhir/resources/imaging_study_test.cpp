#include "fhir/resources/imaging_study.hpp"

#include "expected_json.hpp"
#include "records.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;

BOOST_AUTO_TEST_SUITE(imaging_study)

BOOST_AUTO_TEST_CASE(with_everything) {
    check_json(imaging_study_json(full_order(), changed_at, context()), R"({
  "resourceType": "ImagingStudy",
  "id": "301",
  "meta": {"versionId": "901", "lastUpdated": "2026-11-29T08:00:00.123Z"},
  "identifier": [
    {"system": "urn:dicom:uid", "value": "urn:oid:2.25.123"},
    {
      "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN"}]},
      "system": "http://hospital.example/ris",
      "value": "ACC1",
      "assigner": {"display": "RIS"}
    }
  ],
  "status": "registered",
  "modality": [{"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "CT"}],
  "subject": {"reference": "Patient/101"},
  "encounter": {
    "type": "Encounter",
    "identifier": {
      "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "VN"}]},
      "system": "http://hospital.example/patients",
      "value": "V-5",
      "assigner": {"display": "CITY"}
    }
  },
  "started": "2026-12-01T10:15:30+01:00",
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
  "referrer": {"type": "Practitioner", "display": "Michaela Quinn"},
  "procedureCode": [
    {
      "coding": [{"system": "http://loinc.org", "code": "24627-2", "display": "CT Chest"}],
      "text": "CT of the chest with contrast"
    }
  ],
  "location": {
    "extension": [{"url": "urn:gantry:address", "valueString": "Hauptstr. 2, Berlin"}],
    "type": "Location",
    "display": "City Hospital"
  },
  "reasonCode": [
    {
      "coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "R05", "display": "Cough"}],
      "text": "Cough for 6 weeks"
    }
  ],
  "description": "CT of the chest with contrast"
})");
}

BOOST_AUTO_TEST_CASE(with_nothing) {
    check_json(imaging_study_json(minimal_order(), changed_at, context()), R"({
  "resourceType": "ImagingStudy",
  "id": "302",
  "meta": {"versionId": "2", "lastUpdated": "2026-11-29T08:00:00.123Z"},
  "status": "cancelled",
  "subject": {"reference": "Patient/102"},
  "basedOn": [{"reference": "ServiceRequest/302"}]
})");
}

BOOST_AUTO_TEST_CASE(modalities_of_all_steps) {
    auto order = full_order();
    order.steps.push_back(full_step());
    order.steps.back().fields[StepField::modality] = "MR";
    const auto written = imaging_study_json(order, changed_at, context());
    BOOST_TEST(written.find(R"("modality":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"CT"},)"
                            R"({"system":"http://dicom.nema.org/resources/ontology/DCM","code":"MR"}])") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(referred_by_who_ordered_it) {
    auto order = full_order();
    order.fields[OrderField::referring_physician].clear();
    const auto written = imaging_study_json(order, changed_at, context());
    BOOST_TEST(written.find(R"("referrer":{"reference":"Practitioner/201")") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
