#include "fhir/resources/patient.hpp"

#include "expected_json.hpp"
#include "records.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;

BOOST_AUTO_TEST_SUITE(patient)

BOOST_AUTO_TEST_CASE(with_everything) {
    check_json(patient_json(full_patient(), changed_at, context()), R"({
  "resourceType": "Patient",
  "id": "101",
  "meta": {"versionId": "900", "lastUpdated": "2026-11-29T08:00:00.123Z"},
  "extension": [
    {"url": "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName", "valueString": "Schmidt"}
  ],
  "identifier": [
    {
      "use": "usual",
      "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]},
      "system": "http://hospital.example/patients",
      "value": "4711",
      "assigner": {"display": "CITY"}
    },
    {
      "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "PI"}]},
      "system": "urn:oid:1.2.276.0.76.3.1",
      "value": "0815"
    },
    {"type": {"text": "SPECIAL"}, "value": "99", "assigner": {"display": "LAB"}}
  ],
  "active": true,
  "name": [
    {
      "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": "ABC"}
      ],
      "use": "official",
      "text": "Dr. Tarou K Yamada MD",
      "family": "Yamada",
      "given": ["Tarou", "K"],
      "prefix": ["Dr."],
      "suffix": ["MD"]
    },
    {
      "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": "IDE"}
      ],
      "use": "official",
      "text": "山田 太郎",
      "family": "山田",
      "given": ["太郎"]
    },
    {
      "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": "SYL"}
      ],
      "use": "official",
      "text": "やまだ たろう",
      "family": "やまだ",
      "given": ["たろう"]
    },
    {"text": "Anna Muster", "family": "Muster", "given": ["Anna"]},
    {"text": "Anna Maria Beispiel", "family": "Beispiel", "given": ["Anna", "Maria"]}
  ],
  "telecom": [
    {"system": "phone", "value": "+49 30 1234"},
    {"system": "email", "value": "anna@hospital.example"},
    {"system": "other", "value": "Fax Pforte"}
  ],
  "gender": "male",
  "birthDate": "1970-01-31",
  "deceasedDateTime": "2026-11-20",
  "address": [{"text": "Hauptstr. 1, Berlin, 10115, DE"}]
})");
}

BOOST_AUTO_TEST_CASE(with_nothing) {
    check_json(patient_json(minimal_patient(), changed_at, context()), R"({
  "resourceType": "Patient",
  "id": "102",
  "meta": {"versionId": "1", "lastUpdated": "2026-11-29T08:00:00.123Z"},
  "active": true
})");
}

BOOST_AUTO_TEST_CASE(merged_into_another) {
    auto patient = minimal_patient();
    patient.merged_into = {101};
    check_json(patient_json(patient, changed_at, context()), R"({
  "resourceType": "Patient",
  "id": "102",
  "meta": {"versionId": "1", "lastUpdated": "2026-11-29T08:00:00.123Z"},
  "active": false,
  "link": [{"other": {"reference": "Patient/101"}, "type": "replaced-by"}]
})");
}

BOOST_AUTO_TEST_CASE(dead_without_a_day) {
    auto patient = minimal_patient();
    patient.fields[PatientField::deceased] = "Y";
    const auto written = patient_json(patient, changed_at, context());
    BOOST_TEST(written.find(R"("deceasedBoolean":true)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(hostile_values) {
    auto patient = minimal_patient();
    patient.identifiers = {{"\"},{\"active\":false", "<script>&\"", "A B\x01"}, {" ", "CITY", "MR"}};
    auto& f = patient.fields;
    f[PatientField::name] = "^^^^";
    f[PatientField::other_names] =
        "\\\\=\\a\x02"
        "b^^^^==^^^^^^^";
    f[PatientField::birth_date] = "20260230";
    f[PatientField::sex] = "\"";
    f[PatientField::address] = "\n\t ";
    f[PatientField::telecom] = std::string(100'000, '\\');
    f[PatientField::deceased] = "yesterday";
    check_json(patient_json(patient, changed_at, context()), R"({
      "resourceType": "Patient",
      "id": "102",
      "meta": {"versionId": "1", "lastUpdated": "2026-11-29T08:00:00.123Z"},
      "identifier": [
        {
          "use": "usual",
          "type": {"text": "A B\uFFFD"},
          "value": "\"},{\"active\":false",
          "assigner": {"display": "<script>&\""}
        }
      ],
      "active": true,
      "name": [{"text": "a\uFFFDb", "family": "a\uFFFDb"}]
    })");
}

BOOST_AUTO_TEST_SUITE_END()
