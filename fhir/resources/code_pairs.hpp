// Codes of records and codes of FHIR, as tables that are read both ways. Every function is total: what is in no row is
// empty, or what the function says.
#pragma once
#include <array>
#include <span>
#include <string_view>

#include "engine/effects/fields.hpp"

namespace gantry::fhir {

struct CodePair {
    std::string_view record, fhir;
};

std::span<const CodePair> gender_pairs();    // PID-8 and administrative-gender
std::span<const CodePair> priority_pairs();  // urgency and request-priority; asap is read as URGENT, and never written

// Statuses (statuses.hpp decides by which table). A status of FHIR that is in no row says nothing about the record.
std::span<const CodePair> request_status_pairs();        // order and ServiceRequest
std::span<const CodePair> imaging_study_status_pairs();  // order and ImagingStudy
std::span<const CodePair> task_status_pairs();           // order and Task
std::span<const CodePair> step_status_pairs();           // step and Task
std::span<const CodePair> appointment_status_pairs();    // order and Appointment
std::span<const CodePair> report_status_pairs();         // report and DiagnosticReport

// The first row counts in each direction.
std::string_view fhir_code(std::span<const CodePair> pairs, std::string_view record);
std::string_view record_code(std::span<const CodePair> pairs, std::string_view fhir);

// ORC-28 (table 0177) as v3-Confidentiality. Empty: the text alone.
std::string_view confidentiality_code(std::string_view sent);

// Whether it is a code of that table, so that a Coding may say so (R4's copies of the HL7 tables).
bool is_identifier_type(std::string_view code);     // 0203
bool is_diagnostic_service(std::string_view code);  // 0074

// The sections of a report, in the order of their numbers in Observation/{report}-{number}, from 1. Codes: PS3.16
// CID 7001, LOINC and the DICOM code that it had before.
struct ReportSection {
    effects::ReportField field;
    std::string_view loinc, dcm, display;
};
inline constexpr std::size_t section_count = 6;
const std::array<ReportSection, section_count>& report_sections();
// By a code of a section or of an item in it; null: it is none of them.
const ReportSection* section_coded(std::string_view system, std::string_view code);

}  // namespace gantry::fhir
