#include "fhir/resources/provenance.hpp"

#include "expected_json.hpp"
#include "records.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;

BOOST_AUTO_TEST_SUITE(provenance)

BOOST_AUTO_TEST_CASE(of_a_message) {
    check_json(provenance_json(full_change()), R"({
  "resourceType": "Provenance",
  "id": "902",
  "meta": {"versionId": "902", "lastUpdated": "2026-11-29T08:00:00.123Z"},
  "target": [
    {
      "extension": [
        {
          "extension": [
            {"url": "element", "valueString": "Patient.birthDate"},
            {"url": "source", "valueString": "PID-7"}
          ],
          "url": "urn:gantry:element-source"
        }
      ],
      "reference": "Patient/101/_history/902"
    },
    {
      "extension": [
        {
          "extension": [
            {"url": "element", "valueString": "ServiceRequest.status"},
            {"url": "source", "valueString": "OBR-25"}
          ],
          "url": "urn:gantry:element-source"
        },
        {
          "extension": [
            {"url": "element", "valueString": "ServiceRequest.contained.where(id = 'weight').value"},
            {"url": "source", "valueString": "OBX-5"}
          ],
          "url": "urn:gantry:element-source"
        }
      ],
      "reference": "ServiceRequest/301/_history/902"
    },
    {
      "extension": [
        {
          "extension": [
            {"url": "element", "valueString": "ImagingStudy.status"},
            {"url": "source", "valueString": "OBR-25"}
          ],
          "url": "urn:gantry:element-source"
        }
      ],
      "reference": "ImagingStudy/301/_history/902"
    },
    {
      "extension": [
        {
          "extension": [
            {"url": "element", "valueString": "Task.status"},
            {"url": "source", "valueString": "OBR-25"}
          ],
          "url": "urn:gantry:element-source"
        },
        {
          "extension": [
            {"url": "element", "valueString": "Task.businessStatus.text"},
            {"url": "source", "valueString": "OBR-25"}
          ],
          "url": "urn:gantry:element-source"
        }
      ],
      "reference": "Task/401/_history/902"
    },
    {
      "extension": [
        {
          "extension": [
            {"url": "element", "valueString": "DiagnosticReport.issued"},
            {"url": "source", "valueString": "OBR-22"}
          ],
          "url": "urn:gantry:element-source"
        },
        {
          "extension": [
            {"url": "element", "valueString": "DiagnosticReport.result"},
            {"url": "source", "valueString": "OBX-5"}
          ],
          "url": "urn:gantry:element-source"
        },
        {
          "extension": [
            {"url": "element", "valueString": "DiagnosticReport.conclusion"},
            {"url": "source", "valueString": "OBX-5"}
          ],
          "url": "urn:gantry:element-source"
        }
      ],
      "reference": "DiagnosticReport/501/_history/902"
    },
    {
      "extension": [
        {
          "extension": [
            {"url": "element", "valueString": "Observation.issued"},
            {"url": "source", "valueString": "OBR-22"}
          ],
          "url": "urn:gantry:element-source"
        },
        {
          "extension": [
            {"url": "element", "valueString": "Observation.where(code.coding.exists(code = '19005-8')).value"},
            {"url": "source", "valueString": "OBX-5"}
          ],
          "url": "urn:gantry:element-source"
        }
      ],
      "reference": "Observation/501-4/_history/902"
    }
  ],
  "recorded": "2026-11-29T08:00:00.123Z",
  "activity": {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-DataOperation", "code": "UPDATE"}]
  },
  "agent": [
    {
      "who": {
        "type": "Device",
        "identifier": {"system": "urn:gantry:channel-revision", "value": "12"},
        "display": "results"
      }
    }
  ],
  "entity": [{"role": "source", "what": {"identifier": {"system": "urn:gantry:message", "value": "902"}}}]
})");
}

BOOST_AUTO_TEST_CASE(by_a_person) {
    check_json(provenance_json(minimal_change()), R"({
  "resourceType": "Provenance",
  "id": "903",
  "meta": {"versionId": "903", "lastUpdated": "2026-11-29T08:00:00.123Z"},
  "target": [
    {
      "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
      ]
    }
  ],
  "recorded": "2026-11-29T08:00:00.123Z",
  "agent": [{"who": {"type": "Practitioner", "display": "anna"}}]
})");
}

BOOST_AUTO_TEST_CASE(hostile_patches) {
    for (const auto* patches : {"{", "[[]]", "[{}]", "[1]", R"([{"r":"order"}])", R"([{"r":"order","id":"1","f":[]}])",
                                R"([{"r":"report","id":"","f":{"findings":[]}}])",
                                R"([{"r":"patient","id":"1","f":{"sex":["M"],"name":{"a":1},"zzz":"PID-5"}}])"}) {
        auto change = full_change();
        change.patches = patches;
        BOOST_TEST(bool(json::parse(provenance_json(change))), patches);
    }
}

BOOST_AUTO_TEST_SUITE_END()
