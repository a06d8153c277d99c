// Identifier and Reference as these resources use them.
#pragma once
#include <string_view>

#include "fhir/resources/projection.hpp"
#include "fhir/resources/resource_writer.hpp"

namespace gantry::fhir {

// A number with who gave it. Nothing is written without a value.
struct Number {
    std::string_view value, authority;
    std::string_view type;  // of table 0203 as a code, anything else as text
    std::string_view use{};
};
void write_identifier(ResourceWriter& out, std::string_view name, const Number& number,
                      const ProjectionContext& context);
// A DICOM UID (R4 imagingstudy.html): system urn:dicom:uid, value urn:oid:…
void write_uid(ResourceWriter& out, std::string_view name, std::string_view uid);

// A scheduled procedure step and a requested procedure have no type in table 0203.
inline constexpr std::string_view step_number = "Scheduled Procedure Step ID";
inline constexpr std::string_view procedure_number = "Requested Procedure ID";

// "Patient/1"; nothing for 0.
void write_reference(ResourceWriter& out, std::string_view name, std::string_view type, std::int64_t id);
// Somebody who asked, read or did: the provider's id where the record has it, else a logical reference.
struct Person {
    std::int64_t provider = 0;
    std::string_view identifier, name;  // name: DICOM PN
};
void write_practitioner(ResourceWriter& out, std::string_view name, const Person& person);
// What is no resource here: its name, and what kind of thing it is.
void write_named(ResourceWriter& out, std::string_view name, std::string_view type, std::string_view display);

}  // namespace gantry::fhir
