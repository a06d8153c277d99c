// Records to project: with every field of the field table set, and with nothing but what a record cannot be without.
#pragma once
#include "engine/effects/records.hpp"
#include "fhir/resources/projection.hpp"
#include "fhir/resources/provenance.hpp"

namespace gantry::fhir::testing {

using effects::OrderField;
using effects::OrderRecord;
using effects::PatientField;
using effects::PatientRecord;
using effects::ProviderRecord;
using effects::ReportField;
using effects::ReportRecord;
using effects::StepField;
using effects::StepRecord;

inline constexpr Instant changed_at{1'795'939'200'123'000};  // 2026-11-29T08:00:00.123Z

inline const Zone& berlin() {
    static const Zone zone("Europe/Berlin");
    return zone;
}

inline const ProjectionContext& context() {
    static const auto made = [] {
        ProjectionContext out;
        out.base = "http://hospital.example/fhir";
        out.zone = &berlin();
        out.systems.map("CITY", "http://hospital.example/patients");
        out.systems.map("RIS", "http://hospital.example/ris");
        return out;
    }();
    return made;
}

inline PatientRecord full_patient() {
    PatientRecord out;
    out.id = {101};
    out.last_change = 900;
    out.identifiers = {{"4711", "CITY", "MR"}, {"0815", "1.2.276.0.76.3.1", "PI"}, {"99", "LAB", "SPECIAL"}};
    auto& f = out.fields;
    f[PatientField::name] = "Yamada^Tarou^K^Dr.^MD=山田^太郎=やまだ^たろう";
    f[PatientField::other_names] = "Muster^Anna\\Beispiel^Anna^Maria";
    f[PatientField::birth_date] = "19700131";
    f[PatientField::sex] = "M";
    f[PatientField::address] = "Hauptstr. 1, Berlin, 10115, DE";
    f[PatientField::telecom] = "+49 30 1234\\anna@hospital.example\\Fax Pforte";
    f[PatientField::mother_maiden_name] = "Schmidt";
    f[PatientField::deceased] = "20261120";
    f[PatientField::allergies] = "Penicillin";
    f[PatientField::posted] = std::string(64, 'b');
    return out;
}

inline PatientRecord minimal_patient() {
    PatientRecord out;
    out.id = {102};
    out.last_change = 1;
    return out;
}

inline PatientRecord merged_patient() {
    auto out = minimal_patient();
    out.merged_into = {101};
    return out;
}

inline ProviderRecord minimal_provider() {
    return {{202}, "key", {}, {}, "House^Gregory"};
}

inline ProviderRecord full_provider() {
    return {{201}, "key", "P77", "CITY", "Welby^Marcus^^Dr."};
}

inline StepRecord full_step() {
    StepRecord out;
    out.id = {401};
    auto& f = out.fields;
    f[StepField::step_id] = "SPS1";
    f[StepField::placer_number] = "PL-2";
    f[StepField::station_ae] = "CT_ONE";
    f[StepField::station_name] = "CT Ground Floor";
    f[StepField::location] = "Room 3";
    f[StepField::modality] = "CT";
    f[StepField::also_modalities] = "PT\\SR";
    f[StepField::start_date] = "20261201";
    f[StepField::start_time] = "0930";
    f[StepField::description] = "Thorax with contrast";
    f[StepField::protocol_code] = "P-CTT";
    f[StepField::protocol_scheme] = "99LOCAL";
    f[StepField::protocol_meaning] = "CT thorax protocol";
    f[StepField::performing_physician] = "House^Gregory";
    f[StepField::pre_medication] = "Diazepam";
    f[StepField::requested_contrast] = "Iomeprol";
    f[StepField::status] = "ARRIVED";
    return out;
}

inline OrderRecord full_order() {
    OrderRecord out;
    out.id = {301};
    out.patient = {101};
    out.ordered_by = {201};
    out.performed_by = {202};
    out.event_time = "20261123080000";
    out.last_change = 901;
    auto& f = out.fields;
    f[OrderField::placer_number] = "PL-1";
    f[OrderField::placer_authority] = "KIS";
    f[OrderField::filler_number] = "FI-1";
    f[OrderField::filler_authority] = "RIS";
    f[OrderField::accession_number] = "ACC1";
    f[OrderField::accession_issuer] = "RIS";
    f[OrderField::requested_procedure_id] = "RP1";
    f[OrderField::study_instance_uid] = "2.25.123";
    f[OrderField::procedure_code] = "24627-2";
    f[OrderField::procedure_scheme] = "LN";
    f[OrderField::procedure_meaning] = "CT Chest";
    f[OrderField::procedure_description] = "CT of the chest with contrast";
    f[OrderField::study_type] = "CT";
    f[OrderField::modality] = "CT";
    f[OrderField::body_site] = "CHEST";
    f[OrderField::reason] = "Cough for 6 weeks";
    f[OrderField::reason_code] = "R05";
    f[OrderField::reason_scheme] = "I10";
    f[OrderField::reason_meaning] = "Cough";
    f[OrderField::comments] = "Line 1\nLine 2";
    f[OrderField::urgency] = "URGENT";
    f[OrderField::urgency_sent] = "ZZ9";
    f[OrderField::ordered_date] = "20261123090000+0100";
    f[OrderField::scheduled_date] = "202612010930";
    f[OrderField::performed_date] = "20261201101530";
    f[OrderField::status] = "SCHEDULED";
    f[OrderField::requesting_physician] = "Welby^Marcus^^Dr.";
    f[OrderField::requesting_physician_id] = "P77";
    f[OrderField::referring_physician] = "Quinn^Michaela";
    f[OrderField::performing_physician] = "House^Gregory";
    f[OrderField::names_of_recipients] = "Wilson^James\\Cuddy^Lisa";
    f[OrderField::weight] = "72.5";
    f[OrderField::size] = "1.75";
    f[OrderField::medical_alerts] = "MRSA";
    f[OrderField::pregnancy_status] = "3";
    f[OrderField::patient_state] = "isolated";
    f[OrderField::transport] = "WHEELCHAIR";
    f[OrderField::confidentiality] = "R";
    f[OrderField::admission_id] = "V-5";
    f[OrderField::admission_issuer] = "CITY";
    f[OrderField::account_number] = "A-5";
    f[OrderField::patient_location] = "W3 12 A";
    f[OrderField::institution] = "City Hospital";
    f[OrderField::institution_address] = "Hauptstr. 2, Berlin";
    f[OrderField::replaces] = "PL-0";
    f[OrderField::moved_from] = "77 78";
    f[OrderField::posted_request] = std::string(64, 'c');
    f[OrderField::posted_study] = std::string(64, 'd');
    f[OrderField::warnings] = "Somebody should look at this.";
    out.steps = {full_step()};
    return out;
}

// As little as a step or an order can have that is to be done.
inline StepRecord sparse_step() {
    StepRecord out;
    out.id = {403};
    out.fields[StepField::step_id] = "S1";
    out.fields[StepField::station_ae] = "CT_ONE\\CT_TWO\\*";
    out.fields[StepField::modality] = "CT";
    out.fields[StepField::start_date] = "20260701";
    out.fields[StepField::status] = "SCHEDULED";
    return out;
}

inline OrderRecord sparse_order() {
    OrderRecord out;
    out.id = {303};
    out.patient = {102};
    out.last_change = 4;
    auto& f = out.fields;
    f[OrderField::placer_number] = "PL-3";
    f[OrderField::accession_number] = "ACC3";
    f[OrderField::procedure_description] = "CT";
    f[OrderField::urgency_sent] = "Q";
    f[OrderField::ordered_date] = "20260630";
    f[OrderField::requesting_physician] = "Welby^Marcus";
    f[OrderField::admission_id] = "A-7";
    f[OrderField::account_number] = "A-7";
    f[OrderField::status] = "SCHEDULED";
    out.steps = {sparse_step()};
    return out;
}

// Cancelled before anything else was known of it.
inline OrderRecord minimal_order() {
    OrderRecord out;
    out.id = {302};
    out.patient = {102};
    out.last_change = 2;
    out.fields[OrderField::status] = "CANCELLED";
    return out;
}

inline ReportRecord full_report() {
    ReportRecord out;
    out.id = {501};
    out.orders = {{301}, {303}};
    out.reported_by = {203};
    out.current_version = 7;
    out.last_change = 902;
    auto& f = out.fields;
    f[ReportField::report_number] = "FI-1";
    f[ReportField::report_authority] = "RIS";
    f[ReportField::title] = "CT Chest";
    f[ReportField::code] = "24627-2";
    f[ReportField::code_scheme] = "LN";
    f[ReportField::category] = "RAD";
    f[ReportField::radiologist] = "Roentgen^Wilhelm^Conrad^Prof.";
    f[ReportField::radiologist_id] = "R1";
    f[ReportField::report_date] = "20261202121500";
    f[ReportField::observation_date] = "20261201101530";
    f[ReportField::finalized_date] = "20261201180000";
    f[ReportField::status] = "AMENDED";
    f[ReportField::result_status] = "appended";
    f[ReportField::study_instance_uid] = "2.25.123";
    f[ReportField::clinical_history] = "Cough.";
    f[ReportField::technique] = "Spiral CT.";
    f[ReportField::findings] = "No nodules.";
    f[ReportField::impression] = "Normal.";
    f[ReportField::recommendations] = "None.";
    f[ReportField::addenda] = "Seen again.";
    f[ReportField::text] = "No nodules.\nNormal.";
    f[ReportField::document_type] = "application/pdf";
    f[ReportField::document_digest] = std::string(64, 'a');
    f[ReportField::document_size] = "1234";
    f[ReportField::document_location] = "https://ris.example/reports/501 final.pdf";
    f[ReportField::posted] = std::string(64, 'e');
    f[ReportField::warnings] = "Somebody should look at this.";
    return out;
}

inline ReportRecord minimal_report() {
    ReportRecord out;
    out.id = {502};
    out.orders = {{302}};
    out.last_change = 3;
    out.fields[ReportField::status] = "DRAFT";
    return out;
}

inline fhir::RecordedChange full_change() {
    return {902, 902, 12, changed_at, "results", R"([
      {"r": "patient", "id": "101", "prev": "900", "f": {"birth_date": ["19700101", "PID-7"], "allergies": ["", "AL1-3"]}},
      {"r": "order", "id": "301", "prev": "901", "f": {"status": ["SCHEDULED", "OBR-25"], "weight": ["70", "OBX-5"]}},
      {"r": "step", "id": "401", "prev": "901", "f": {"status": ["ARRIVED", "OBR-25"]}},
      {"r": "report", "id": "501", "new": true, "f": {"impression": "OBX-5", "report_date": "OBR-22"}}
    ])"};
}

// By a person; of no record that is shown.
inline fhir::RecordedChange minimal_change() {
    return {903, 0, 0, changed_at, "anna", ""};
}

}  // namespace gantry::fhir::testing
