// Coding scheme designators of DICOM (PS3.16 table 8-1) and names of HL7 table 0396, as records have them, and the URIs
// that FHIR knows the same systems by. One table, read both ways.
#pragma once
#include <string>
#include <string_view>

#include "fhir/resources/resource_writer.hpp"

namespace gantry::fhir {

namespace systems {
inline constexpr std::string_view dcm = "http://dicom.nema.org/resources/ontology/DCM";
inline constexpr std::string_view loinc = "http://loinc.org";
inline constexpr std::string_view snomed = "http://snomed.info/sct";
inline constexpr std::string_view ucum = "http://unitsofmeasure.org";
inline constexpr std::string_view identifier_type = "http://terminology.hl7.org/CodeSystem/v2-0203";
inline constexpr std::string_view diagnostic_service = "http://terminology.hl7.org/CodeSystem/v2-0074";
}  // namespace systems

// Any name of a system in any table; "HL70074" and the like are the HL7 tables; an OID or URI stands for itself.
// Empty: nobody but the sender knows it (99LOCAL, L).
std::string system_of_scheme(std::string_view scheme);
// The designator of DICOM where there is one. A URI that is in no table is its own designator, so that it comes back.
std::string scheme_of_system(std::string_view system);

// A code of a record as a CodeableConcept. A scheme without a URI stands in an extension of the Coding.
struct CodedText {
    std::string_view code, scheme, meaning, text;
};
void write_concept(ResourceWriter& out, std::string_view name, const CodedText& coded);
// A code of a system that the standards know; nothing without a code.
void write_coding(ResourceWriter& out, std::string_view name, std::string_view system, std::string_view code,
                  std::string_view display);

}  // namespace gantry::fhir
