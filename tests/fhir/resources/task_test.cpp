#include "fhir/resources/task.hpp"

#include "expected_json.hpp"
#include "records.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;

BOOST_AUTO_TEST_SUITE(task)

BOOST_AUTO_TEST_CASE(with_everything) {
    check_json(task_json(full_order(), full_step(), changed_at, context()), R"({
  "resourceType": "Task",
  "id": "401",
  "meta": {"versionId": "901", "lastUpdated": "2026-11-29T08:00:00.123Z"},
  "identifier": [
    {"type": {"text": "Scheduled Procedure Step ID"}, "value": "SPS1"},
    {
      "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "PLAC"}]},
      "value": "PL-2",
      "assigner": {"display": "KIS"}
    }
  ],
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
  "status": "ready",
  "businessStatus": {"text": "ARRIVED"},
  "intent": "order",
  "priority": "urgent",
  "_priority": {
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/originalText", "valueString": "ZZ9"}]
  },
  "code": {
    "coding": [
      {
        "extension": [{"url": "urn:gantry:coding-scheme", "valueString": "99LOCAL"}],
        "code": "P-CTT",
        "display": "CT thorax protocol"
      }
    ]
  },
  "description": "Thorax with contrast",
  "for": {"reference": "Patient/101"},
  "authoredOn": "2026-11-23T09:00:00+01:00",
  "requester": {
    "reference": "Practitioner/201",
    "identifier": {"value": "P77"},
    "display": "Dr. Marcus Welby"
  },
  "owner": {
    "type": "Device",
    "identifier": {"type": {"text": "Scheduled Station AE Title"}, "value": "CT_ONE"},
    "display": "CT Ground Floor"
  },
  "location": {"type": "Location", "display": "Room 3"},
  "restriction": {"period": {"start": "2026-12-01T09:30:00+01:00"}},
  "input": [
    {
      "type": {
        "coding": [
          {
            "system": "http://dicom.nema.org/resources/ontology/DCM",
            "code": "121139",
            "display": "Modality"
          }
        ]
      },
      "valueCoding": {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "CT"}
    },
    {
      "type": {"text": "Further Modality"},
      "valueCoding": {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "PT"}
    },
    {
      "type": {"text": "Further Modality"},
      "valueCoding": {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "SR"}
    },
    {"type": {"text": "Scheduled Performing Physician"}, "valueString": "Gregory House"},
    {"type": {"text": "Pre-Medication"}, "valueString": "Diazepam"},
    {"type": {"text": "Requested Contrast Agent"}, "valueString": "Iomeprol"}
  ]
})");
}

BOOST_AUTO_TEST_CASE(with_little) {
    check_json(task_json(sparse_order(), sparse_step(), changed_at, context()), R"({
  "resourceType": "Task",
  "id": "403",
  "meta": {"versionId": "4", "lastUpdated": "2026-11-29T08:00:00.123Z"},
  "identifier": [{"type": {"text": "Scheduled Procedure Step ID"}, "value": "S1"}],
  "basedOn": [
    {
      "reference": "ServiceRequest/303",
      "identifier": {
        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN"}]},
        "value": "ACC3"
      }
    }
  ],
  "status": "ready",
  "businessStatus": {"text": "SCHEDULED"},
  "intent": "order",
  "_priority": {
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/originalText", "valueString": "Q"}]
  },
  "for": {"reference": "Patient/102"},
  "authoredOn": "2026-06-30",
  "requester": {"type": "Practitioner", "display": "Marcus Welby"},
  "restriction": {"period": {"start": "2026-07-01"}},
  "input": [
    {
      "type": {
        "coding": [
          {
            "system": "http://dicom.nema.org/resources/ontology/DCM",
            "code": "121139",
            "display": "Modality"
          }
        ]
      },
      "valueCoding": {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "CT"}
    },
    {"type": {"text": "Scheduled Station AE Title"}, "valueString": "CT_ONE"},
    {"type": {"text": "Scheduled Station AE Title"}, "valueString": "CT_TWO"},
    {"type": {"text": "Scheduled Station AE Title"}, "valueString": "*"}
  ]
})");
}

BOOST_AUTO_TEST_SUITE_END()
