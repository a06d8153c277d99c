#include "fhir/resources/diagnostic_report.hpp"

#include "expected_json.hpp"
#include "records.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;

BOOST_AUTO_TEST_SUITE(diagnostic_report)

BOOST_AUTO_TEST_CASE(with_everything) {
    check_json(diagnostic_report_json(full_report(), {101}, changed_at, context()), R"({
  "resourceType": "DiagnosticReport",
  "id": "501",
  "meta": {"versionId": "902", "lastUpdated": "2026-11-29T08:00:00.123Z"},
  "extension": [{"url": "urn:gantry:first-final", "valueDateTime": "2026-12-01T18:00:00+01:00"}],
  "identifier": [
    {
      "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "FILL"}]},
      "system": "http://hospital.example/ris",
      "value": "FI-1",
      "assigner": {"display": "RIS"}
    }
  ],
  "basedOn": [{"reference": "ServiceRequest/301"}, {"reference": "ServiceRequest/303"}],
  "status": "appended",
  "category": [
    {"coding": [{"system": "http://loinc.org", "code": "LP29684-5", "display": "Radiology"}]},
    {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "RAD"}]}
  ],
  "code": {"coding": [{"system": "http://loinc.org", "code": "24627-2"}], "text": "CT Chest"},
  "subject": {"reference": "Patient/101"},
  "effectiveDateTime": "2026-12-01T10:15:30+01:00",
  "issued": "2026-12-02T12:15:00+01:00",
  "resultsInterpreter": [
    {
      "reference": "Practitioner/203",
      "identifier": {"value": "R1"},
      "display": "Prof. Wilhelm Conrad Roentgen"
    }
  ],
  "result": [
    {"reference": "Observation/501-1"},
    {"reference": "Observation/501-2"},
    {"reference": "Observation/501-3"},
    {"reference": "Observation/501-4"},
    {"reference": "Observation/501-5"},
    {"reference": "Observation/501-6"}
  ],
  "imagingStudy": [
    {
      "reference": "ImagingStudy/301",
      "identifier": {"system": "urn:dicom:uid", "value": "urn:oid:2.25.123"}
    },
    {"reference": "ImagingStudy/303"}
  ],
  "conclusion": "Normal.",
  "presentedForm": [
    {
      "contentType": "text/plain;charset=utf-8",
      "data": "Tm8gbm9kdWxlcy4KTm9ybWFsLgoKU2VlbiBhZ2Fpbi4=",
      "size": 32,
      "title": "CT Chest"
    },
    {
      "contentType": "application/pdf",
      "url": "Binary/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "size": 1234,
      "title": "CT Chest"
    },
    {"url": "https://ris.example/reports/501%20final.pdf"}
  ]
})");
}

BOOST_AUTO_TEST_CASE(with_nothing) {
    check_json(diagnostic_report_json(minimal_report(), {}, changed_at, context()), R"({
  "resourceType": "DiagnosticReport",
  "id": "502",
  "meta": {"versionId": "3", "lastUpdated": "2026-11-29T08:00:00.123Z"},
  "basedOn": [{"reference": "ServiceRequest/302"}],
  "status": "registered",
  "category": [{"coding": [{"system": "http://loinc.org", "code": "LP29684-5", "display": "Radiology"}]}],
  "code": {
    "coding": [{"system": "http://loinc.org", "code": "18748-4", "display": "Diagnostic imaging study"}]
  },
  "imagingStudy": [{"reference": "ImagingStudy/302"}]
})");
}

BOOST_AUTO_TEST_CASE(issued_on_a_day) {
    auto report = minimal_report();
    report.fields[ReportField::report_date] = "20261202";
    const auto written = diagnostic_report_json(report, {}, changed_at, context());
    BOOST_TEST(written.find(R"("_issued":{"extension":[{"url":"urn:gantry:day-only","valueDate":"2026-12-02"}]})") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(addenda_are_in_the_text_once) {
    auto report = minimal_report();
    report.fields[ReportField::text] = "Normal.\nADDENDUM:\nSeen again.";
    report.fields[ReportField::addenda] = "Seen again.";
    const auto under_heading = diagnostic_report_json(report, {}, changed_at, context());
    BOOST_TEST(under_heading.find(R"("size":29)") != std::string::npos);
    report.fields[ReportField::text].clear();
    const auto alone = diagnostic_report_json(report, {}, changed_at, context());
    BOOST_TEST(alone.find(R"("data":"U2VlbiBhZ2Fpbi4=","size":11)") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
