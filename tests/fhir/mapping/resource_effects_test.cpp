#include "fhir/mapping/resource_effects.hpp"

#include <boost/test/unit_test.hpp>

#include "known.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;
using effects::MemoryRecords;
using effects::PatientField;

namespace {

const std::string mrn = R"({"system": "http://hospital.example/patients", "value": "4711", "type": {"coding": [
    {"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]}})";
const std::string patient = R"({"resourceType": "Patient", "identifier": [)" + mrn + R"(],
    "name": [{"use": "official", "family": "Muster", "given": ["Anna", "Maria"]}], "gender": "female",
    "birthDate": "1970-01-31"})";

std::string of_type(const std::string& value, const std::string& type) {
    return R"({"value": ")" + value +
           R"(", "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": ")" + type +
           R"("}]}, "system": "http://hospital.example/ris"})";
}

std::string request(const std::string& more, const std::string& status = "active",
                    const std::string& subject = R"({"identifier": )" + mrn + "}") {
    return R"({"resourceType": "ServiceRequest", "status": ")" + status + R"(", "intent": "order", "subject": )" +
           subject + more + "}";
}

const std::string numbers = R"(, "identifier": [)" + of_type("PL-1", "PLAC") + "," + of_type("ACC1", "ACSN") + "]";
const std::string ct = R"(, "code": {"coding": [{"code": "CTCHEST", "display": "CT Chest"}]})";

std::string entry(const std::string& url, const std::string& resource) {
    return R"({"fullUrl": ")" + url + R"(", "resource": )" + resource +
           R"(, "request": {"method": "POST", "url": "X"}})";
}

std::string transaction(const std::vector<std::string>& entries) {
    std::string out;
    for (const auto& one : entries) out += (out.empty() ? "" : ",") + one;
    return R"({"resourceType": "Bundle", "type": "transaction", "entry": [)" + out + "]}";
}

const std::string whole_order = transaction(
    {entry("urn:uuid:00000000-0000-4000-8000-000000000001", patient),
     entry("urn:uuid:00000000-0000-4000-8000-000000000002",
           request(numbers + ct + R"(, "priority": "asap", "occurrenceDateTime": "2026-12-01T09:30:00+01:00")",
                   "active", R"({"reference": "urn:uuid:00000000-0000-4000-8000-000000000001"})"))});

ErrorCode code_of(const effects::Effects& effects) {
    BOOST_REQUIRE(effects.error.has_value());
    return effects.error->code;
}

const OrderRecord& only_order(const MemoryRecords& records) {
    BOOST_REQUIRE_EQUAL(records.orders.size(), 1u);
    return records.orders.begin()->second;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_patient_is_what_adt_would_say) {
    KnownInMemory known;
    const auto read_effects = read(patient, known);
    BOOST_REQUIRE(!read_effects.error);
    const auto& said = *read_effects.patient;
    BOOST_TEST(said.from_adt);
    BOOST_CHECK((said.identifiers.front() == effects::Identifier{"4711", "CITY", "MR"}));
    BOOST_TEST(said.fields.value(PatientField::name) == "Muster^Anna^Maria");
    BOOST_TEST(said.fields[PatientField::birth_date].source == "Patient.birthDate");
    BOOST_TEST(said.fields.value(PatientField::sex) == "F");
    BOOST_TEST(!read_effects.ordering_key.empty());
}

BOOST_AUTO_TEST_CASE(a_transaction_makes_an_order_with_its_step) {
    KnownInMemory known;
    MemoryRecords records;
    const auto plan = records.apply(read(whole_order, known));
    BOOST_REQUIRE(!plan.refused);
    const auto& order = only_order(records);
    BOOST_TEST(order.fields[OrderField::placer_number] == "PL-1");
    BOOST_TEST(order.fields[OrderField::accession_number] == "ACC1");
    BOOST_TEST(order.fields[OrderField::accession_issuer] == "RIS");
    BOOST_TEST(order.fields[OrderField::urgency] == "URGENT");
    BOOST_TEST(order.fields[OrderField::status] == "SCHEDULED");
    BOOST_TEST(order.fields[OrderField::study_type] == "CT");
    BOOST_REQUIRE_EQUAL(order.steps.size(), 1u);
    const auto& step = order.steps.front().fields;
    BOOST_TEST(step[StepField::start_date] == "20261201");
    BOOST_TEST(step[StepField::start_time] == "093000");
    BOOST_TEST(step[StepField::station_ae] == "CT_ANY\\*");
    const auto& patch = plan.patches;
    const bool traced = std::any_of(patch.begin(), patch.end(), [](const auto& one) {
        return std::any_of(one.fields.begin(), one.fields.end(), [](const auto& field) {
            return field.field == "procedure_code" && field.source == "ServiceRequest.code";
        });
    });
    BOOST_TEST(traced);
}

// One accession number, every spelling, the same order.
BOOST_AUTO_TEST_CASE(every_spelling_of_an_accession_number_finds_the_order) {
    const auto study = [](const std::string& how) {
        return R"({"resourceType": "ImagingStudy", "status": "available", "subject": {"identifier": )" + mrn + "}," +
               how + "}";
    };
    const std::string uid = R"({"system": "urn:dicom:uid", "value": "urn:oid:1.2.3.4"})";
    const std::vector<std::string> spellings{
        R"("identifier": [)" + of_type("ACC1", "ACSN") + "]", R"("identifier": [{"value": "ACC1"}])",
        R"("identifier": [)" + uid + R"(], "basedOn": [{"identifier": )" + of_type("ACC1", "ACSN") + "}]",
        R"("basedOn": [{"identifier": {"value": "ACC1"}}])"};
    for (const auto& spelling : spellings) {
        BOOST_TEST_CONTEXT(spelling) {
            MemoryRecords records;
            KnownInMemory known(records);
            BOOST_REQUIRE(!records.apply(read(whole_order, known)).refused);
            const auto plan = records.apply(read(study(spelling), known, 0, {received_at.micros + 1'000'000}));
            BOOST_REQUIRE(!plan.refused);
            BOOST_TEST(only_order(records).fields[OrderField::status] == "COMPLETED");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_report_joins_the_order_of_its_accession_number) {
    MemoryRecords records;
    KnownInMemory known(records);
    BOOST_REQUIRE(!records.apply(read(whole_order, known)).refused);
    const std::string report = R"({"resourceType": "DiagnosticReport", "status": "final", "subject": {"identifier": )" +
                               mrn + R"(}, "basedOn": [{"identifier": )" + of_type("ACC1", "ACSN") +
                               R"(}], "code": {"text": "CT Chest"}, "issued": "2026-12-01T12:00:00Z",
        "contained": [{"resourceType": "Observation", "id": "f", "status": "final", "code": {"coding": [
            {"system": "http://loinc.org", "code": "59776-5"}]}, "valueString": "No nodules."}],
        "result": [{"reference": "#f"}], "conclusion": "Normal.",
        "presentedForm": [{"contentType": "application/pdf", "data": "JVBERg=="}]})";
    const auto plan = records.apply(read(report, known));
    BOOST_REQUIRE(!plan.refused);
    BOOST_TEST(only_order(records).fields[OrderField::status] == "COMPLETED");
    BOOST_REQUIRE_EQUAL(records.reports.size(), 1u);
    const auto& made = records.reports.begin()->second;
    BOOST_TEST(made.fields[ReportField::findings] == "No nodules.");
    BOOST_TEST(made.fields[ReportField::impression] == "Normal.");
    BOOST_TEST(made.fields[ReportField::status] == "FINAL");
    BOOST_TEST(made.fields[ReportField::document_type] == "application/pdf");
    BOOST_TEST(made.orders.front().value == only_order(records).id.value);
    // Said once more it is the same report, and no version of it.
    const auto again = records.apply(read(report, known));
    BOOST_REQUIRE_EQUAL(records.reports.size(), 1u);
    BOOST_TEST(records.reports.begin()->second.versions.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_hold_is_put_on_and_taken_off) {
    MemoryRecords records;
    KnownInMemory known(records);
    BOOST_REQUIRE(!records.apply(read(whole_order, known)).refused);
    const auto later = [&](int n) { return Instant{received_at.micros + n * 1'000'000}; };
    BOOST_REQUIRE(!records.apply(read(request(numbers + ct, "on-hold"), known, 0, later(1))).refused);
    BOOST_TEST(only_order(records).fields[OrderField::hold] == "Y");
    BOOST_REQUIRE(!records.apply(read(request(numbers + ct), known, 0, later(2))).refused);
    BOOST_TEST(only_order(records).fields[OrderField::hold] == "");
    BOOST_REQUIRE(!records.apply(read(request(numbers + ct, "revoked"), known, 0, later(3))).refused);
    BOOST_TEST(only_order(records).fields[OrderField::status] == "CANCELLED");
}

// Whoever asks for what cannot be is told, and nothing changes.
BOOST_AUTO_TEST_CASE(a_completed_order_cannot_be_revoked) {
    MemoryRecords records;
    KnownInMemory known(records);
    BOOST_REQUIRE(!records.apply(read(whole_order, known)).refused);
    BOOST_REQUIRE(!records.apply(read(request(numbers, "completed"), known)).refused);
    const auto plan = records.apply(read(request(numbers, "revoked"), known));
    BOOST_REQUIRE(plan.refused.has_value());
    BOOST_TEST((plan.refused->code == ErrorCode::order_final));
}

BOOST_AUTO_TEST_CASE(references_that_lead_to_nothing_are_named) {
    KnownInMemory known;
    const auto about = [&](const std::string& subject) {
        return read(request(numbers + ct, "active", subject), known);
    };
    const auto nobody = about(R"({"reference": "Patient/99"})");
    BOOST_TEST((code_of(nobody) == ErrorCode::fhir_bad_reference));
    BOOST_TEST(nobody.error->place == "ServiceRequest.subject");
    BOOST_TEST((code_of(about(R"({"reference": "https://elsewhere.example/fhir/Patient/1"})")) ==
                ErrorCode::fhir_bad_reference));
    BOOST_TEST((code_of(about(R"({"display": "somebody"})")) == ErrorCode::fhir_bad_reference));
    BOOST_TEST((code_of(about(R"({"reference": "Group/1"})")) == ErrorCode::fhir_bad_reference));
    // Called off, it could never be found again; a study is known by its numbers alone.
    BOOST_TEST((code_of(read(request(ct, "revoked"), known)) == ErrorCode::order_missing_number));
    const auto unnumbered =
        R"({"resourceType": "ImagingStudy", "status": "available", "subject": {"identifier": )" + mrn + "}}";
    BOOST_TEST((code_of(read(unnumbered, known)) == ErrorCode::order_missing_number));
    const auto other = R"({"resourceType": "Patient", "identifier": [{"value": "1"}]})";
    BOOST_TEST((code_of(read(transaction({entry("urn:uuid:00000000-0000-4000-8000-000000000001", patient),
                                          entry("urn:uuid:00000000-0000-4000-8000-000000000002", other)}),
                             known)) == ErrorCode::fhir_several_patients));
    BOOST_TEST(
        (code_of(read(R"({"resourceType": "Basic", "code": {"text": "x"}})", known)) == ErrorCode::fhir_unknown_type));
}

// FHIR asks for no number: the rules give one, and what refers to it by our id finds it.
BOOST_AUTO_TEST_CASE(what_comes_without_a_number_gets_one) {
    MemoryRecords records;
    KnownInMemory known(records);
    const std::string nameless = R"({"resourceType": "Patient", "name": [{"family": "Muster"}]})";
    for (int i = 0; i < 2; ++i) BOOST_REQUIRE(!records.apply(read(nameless, known)).refused);
    // Each is another person: a name is none's alone.
    BOOST_REQUIRE_EQUAL(records.patients.size(), 2u);
    const auto& [id, patient] = *records.patients.begin();
    BOOST_REQUIRE_EQUAL(patient.identifiers.size(), 1u);
    BOOST_TEST(patient.identifiers.front().value.starts_with("P"));
    const auto subject = R"({"reference": "Patient/)" + std::to_string(id) + R"("})";
    const auto ordered = records.apply(read(request(ct, "active", subject), known));
    BOOST_REQUIRE(!ordered.refused);
    const auto& order = only_order(records);
    BOOST_TEST((order.patient == PatientId{id}));
    BOOST_TEST(!order.fields[OrderField::accession_number].empty());
    const auto report =
        R"({"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "CT"}, "conclusion": "Normal.",
        "category": [{"coding": [{"system": "http://snomed.info/sct", "code": "394914008"}]}], "subject": )" +
        subject + "}";
    BOOST_REQUIRE(!records.apply(read(report, known)).refused);
    BOOST_REQUIRE_EQUAL(records.reports.size(), 1u);
    // Sent again as an update, it is the same report.
    const auto number = records.reports.begin()->first;
    auto changed = report;
    changed.replace(changed.find("Normal."), 7, "Not so.");
    BOOST_REQUIRE(!records.apply(read(changed, known, number)).refused);
    BOOST_TEST(records.reports.size() == 1u);
    BOOST_TEST(records.reports.begin()->second.fields[ReportField::impression] == "Not so.");
}

BOOST_AUTO_TEST_CASE(what_is_not_kept_is_said) {
    KnownInMemory known;
    auto more = patient;
    more.insert(more.size() - 1, R"(, "maritalStatus": {"text": "married"}, "photo": [{"url": "http://x"}])");
    const auto out = read(more, known);
    // Of a resource of its own everything is.
    BOOST_TEST(out.ignored.empty());
    BOOST_REQUIRE_EQUAL(out.posted.size(), 1u);
    BOOST_TEST(out.patient->fields.value(PatientField::posted) == out.posted.front().sum);
    BOOST_TEST(out.posted.front().text.find("married") != std::string::npos);
    // Of a patient inside an order only what the record holds.
    auto inside = more;
    inside.insert(1, R"("id": "p", )");
    const auto order =
        read(request(numbers + ct + R"(, "contained": [)" + inside + "]", "active", R"({"reference": "#p"})"), known);
    BOOST_TEST(order.ignored.size() == 2u);
    for (const auto* sentence : {"Patient.maritalStatus is not kept", "Patient.photo is not kept"})
        BOOST_TEST((std::find(order.ignored.begin(), order.ignored.end(), sentence) != order.ignored.end()));
    const auto nested = read(R"({"resourceType": "Patient", "identifier": [{"value": "1", "period": {"start": "2026"}}],
        "name": [{"family": "Muster", "_family": {"extension": [{"url": "urn:x:y", "valueString": "z"}]}}],
        "extension": [{"url": "urn:x:z", "valueString": "z"}], "meta": {"profile": ["http://x"]}})",
                             known);
    BOOST_TEST(nested.ignored.empty());
    const std::string longest(17, 'A');
    const auto refused = read(request(R"(, "identifier": [)" + of_type(longest, "ACSN") + "]"), known);
    BOOST_TEST((code_of(refused) == ErrorCode::hl7_too_long));
    BOOST_TEST(refused.error->place == "ServiceRequest.identifier");
}
