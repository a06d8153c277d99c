#include "fhir/resources/observation.hpp"

#include "expected_json.hpp"
#include "records.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;

BOOST_AUTO_TEST_SUITE(observation)

BOOST_AUTO_TEST_CASE(of_a_section) {
    check_json(*observation_json(full_report(), {101}, 4, changed_at, context()), R"({
  "resourceType": "Observation",
  "id": "501-4",
  "meta": {"versionId": "902", "lastUpdated": "2026-11-29T08:00:00.123Z"},
  "basedOn": [{"reference": "ServiceRequest/301"}, {"reference": "ServiceRequest/303"}],
  "status": "amended",
  "category": [
    {
      "coding": [
        {
          "system": "http://terminology.hl7.org/CodeSystem/observation-category",
          "code": "imaging",
          "display": "Imaging"
        }
      ]
    }
  ],
  "code": {
    "coding": [
      {"system": "http://loinc.org", "code": "19005-8"},
      {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "121072"}
    ],
    "text": "Impressions"
  },
  "subject": {"reference": "Patient/101"},
  "effectiveDateTime": "2026-12-01T10:15:30+01:00",
  "issued": "2026-12-02T12:15:00+01:00",
  "performer": [
    {
      "reference": "Practitioner/203",
      "identifier": {"value": "R1"},
      "display": "Prof. Wilhelm Conrad Roentgen"
    }
  ],
  "valueString": "Normal."
})");
}

BOOST_AUTO_TEST_CASE(none_of_what_is_not_there) {
    for (const std::size_t number : {0u, 7u, 1'000'000u})
        BOOST_TEST(!observation_json(full_report(), {101}, number, changed_at, context()).has_value());
    for (std::size_t number = 1; number <= 6; ++number)
        BOOST_TEST(!observation_json(minimal_report(), {}, number, changed_at, context()).has_value());
    auto blank = minimal_report();
    blank.fields[ReportField::findings] = " \n";
    BOOST_TEST(!observation_json(blank, {}, 3, changed_at, context()).has_value());
}

BOOST_AUTO_TEST_CASE(more_than_fhir_allows_is_cut_at_a_character) {
    auto report = minimal_report();
    for (int i = 0; i < 600'000; ++i) report.fields[ReportField::findings] += "\xC3\xA4";
    report.fields[ReportField::findings].insert(0, "x");
    const auto written = *observation_json(report, {}, 3, changed_at, context());
    const auto at = written.find(R"("valueString":")") + 15;
    BOOST_TEST(written.find('"', at) - at == 1024u * 1024u - 1);
}

BOOST_AUTO_TEST_SUITE_END()
