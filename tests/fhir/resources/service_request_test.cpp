#include "fhir/resources/service_request.hpp"

#include "expected_json.hpp"
#include "records.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;

BOOST_AUTO_TEST_SUITE(service_request)

BOOST_AUTO_TEST_CASE(with_everything) {
    check_json(service_request_json(full_order(), changed_at, context()), R"({
  "resourceType": "ServiceRequest",
  "id": "301",
  "meta": {
    "versionId": "901",
    "lastUpdated": "2026-11-29T08:00:00.123Z",
    "security": [
      {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R", "display": "R"}
    ]
  },
  "contained": [
    {
      "resourceType": "Observation",
      "id": "weight",
      "status": "final",
      "category": [
        {
          "coding": [
            {
              "system": "http://terminology.hl7.org/CodeSystem/observation-category",
              "code": "vital-signs",
              "display": "Vital Signs"
            }
          ]
        }
      ],
      "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7", "display": "Body weight"}]},
      "subject": {"reference": "Patient/101"},
      "_effectiveDateTime": {
        "extension": [
          {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
        ]
      },
      "valueQuantity": {"value": 72.5, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}
    },
    {
      "resourceType": "Observation",
      "id": "height",
      "status": "final",
      "category": [
        {
          "coding": [
            {
              "system": "http://terminology.hl7.org/CodeSystem/observation-category",
              "code": "vital-signs",
              "display": "Vital Signs"
            }
          ]
        }
      ],
      "code": {"coding": [{"system": "http://loinc.org", "code": "8302-2", "display": "Body height"}]},
      "subject": {"reference": "Patient/101"},
      "_effectiveDateTime": {
        "extension": [
          {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
        ]
      },
      "valueQuantity": {"value": 175, "unit": "cm", "system": "http://unitsofmeasure.org", "code": "cm"}
    },
    {
      "resourceType": "Observation",
      "id": "pregnancy",
      "status": "final",
      "code": {"coding": [{"system": "http://loinc.org", "code": "82810-3", "display": "Pregnancy status"}]},
      "subject": {"reference": "Patient/101"},
      "_effectiveDateTime": {
        "extension": [
          {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
        ]
      },
      "valueCodeableConcept": {
        "coding": [{"system": "http://snomed.info/sct", "code": "77386006", "display": "Pregnant"}]
      }
    },
    {
      "resourceType": "Observation",
      "id": "alerts",
      "status": "final",
      "code": {"text": "Medical Alerts"},
      "subject": {"reference": "Patient/101"},
      "_effectiveDateTime": {
        "extension": [
          {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
        ]
      },
      "valueString": "MRSA"
    },
    {
      "resourceType": "Observation",
      "id": "state",
      "status": "final",
      "code": {"text": "Patient State"},
      "subject": {"reference": "Patient/101"},
      "_effectiveDateTime": {
        "extension": [
          {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
        ]
      },
      "valueString": "isolated"
    }
  ],
  "extension": [
    {"url": "urn:gantry:transport", "valueString": "WHEELCHAIR"},
    {"url": "urn:gantry:patient-location", "valueString": "W3 12 A"},
    {"url": "urn:gantry:account-number", "valueString": "A-5"},
    {"url": "urn:gantry:recipients-of-results", "valueString": "Wilson^James\\Cuddy^Lisa"}
  ],
  "identifier": [
    {
      "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "PLAC"}]},
      "value": "PL-1",
      "assigner": {"display": "KIS"}
    },
    {
      "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "FILL"}]},
      "system": "http://hospital.example/ris",
      "value": "FI-1",
      "assigner": {"display": "RIS"}
    },
    {
      "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN"}]},
      "system": "http://hospital.example/ris",
      "value": "ACC1",
      "assigner": {"display": "RIS"}
    },
    {"type": {"text": "Requested Procedure ID"}, "value": "RP1"}
  ],
  "replaces": [
    {
      "type": "ServiceRequest",
      "identifier": {
        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "PLAC"}]},
        "value": "PL-0"
      }
    }
  ],
  "status": "active",
  "intent": "order",
  "category": [
    {"coding": [{"system": "http://snomed.info/sct", "code": "363679005", "display": "Imaging"}]}
  ],
  "priority": "urgent",
  "_priority": {
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/originalText", "valueString": "ZZ9"}]
  },
  "code": {
    "coding": [{"system": "http://loinc.org", "code": "24627-2", "display": "CT Chest"}],
    "text": "CT of the chest with contrast"
  },
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
  "occurrenceDateTime": "2026-12-01T09:30:00+01:00",
  "authoredOn": "2026-11-23T09:00:00+01:00",
  "requester": {
    "reference": "Practitioner/201",
    "identifier": {"value": "P77"},
    "display": "Dr. Marcus Welby"
  },
  "performer": [{"reference": "Practitioner/202", "display": "Gregory House"}],
  "reasonCode": [
    {
      "coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "R05", "display": "Cough"}],
      "text": "Cough for 6 weeks"
    }
  ],
  "supportingInfo": [
    {"reference": "#weight"},
    {"reference": "#height"},
    {"reference": "#pregnancy"},
    {"reference": "#alerts"},
    {"reference": "#state"}
  ],
  "bodySite": [{"text": "CHEST"}],
  "note": [{"text": "Line 1\nLine 2"}]
})");
}

BOOST_AUTO_TEST_CASE(with_nothing) {
    check_json(service_request_json(minimal_order(), changed_at, context()), R"({
  "resourceType": "ServiceRequest",
  "id": "302",
  "meta": {"versionId": "2", "lastUpdated": "2026-11-29T08:00:00.123Z"},
  "status": "revoked",
  "intent": "order",
  "category": [
    {"coding": [{"system": "http://snomed.info/sct", "code": "363679005", "display": "Imaging"}]}
  ],
  "subject": {"reference": "Patient/102"}
})");
}

BOOST_AUTO_TEST_SUITE_END()
