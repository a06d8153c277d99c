// The extensions that these resources use: of HL7 where there is one, else of Gantry, for what R4 has no element for.
// docs/specs/fhir-resources.md says where each stands.
#pragma once
#include <string_view>

namespace gantry::fhir::extensions {

// HL7
inline constexpr std::string_view data_absent_reason = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
inline constexpr std::string_view name_representation =
    "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";
inline constexpr std::string_view mothers_maiden_name =
    "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName";
inline constexpr std::string_view original_text = "http://hl7.org/fhir/StructureDefinition/originalText";

// Gantry
inline constexpr std::string_view coding_scheme = "urn:gantry:coding-scheme";        // of a Coding without a system
inline constexpr std::string_view day_only = "urn:gantry:day-only";                  // of an instant known to the day
inline constexpr std::string_view transport = "urn:gantry:transport";                // (0040,1004), OBR-30
inline constexpr std::string_view patient_location = "urn:gantry:patient-location";  // (0038,0300), PV1-3
inline constexpr std::string_view account_number = "urn:gantry:account-number";      // PID-18
inline constexpr std::string_view recipients = "urn:gantry:recipients-of-results";   // (0040,1010), OBR-28
inline constexpr std::string_view address = "urn:gantry:address";                    // of a place that is no resource
inline constexpr std::string_view first_final = "urn:gantry:first-final";        // of a report that was final before
inline constexpr std::string_view element_source = "urn:gantry:element-source";  // of a target of Provenance

}  // namespace gantry::fhir::extensions
