// The primitive types of R4 and their lexical rules (http://hl7.org/fhir/R4/datatypes.html#primitive). Pure: a text is
// right or wrong for a type, nothing is converted, and no precision is lost.
#pragma once
#include <cstdint>
#include <string_view>

namespace gantry::fhir::r4 {

// Named as in the specification; the line behind keeps words of C++ possible.
enum class Primitive : std::uint8_t {
    none,
    base64Binary_,
    boolean_,
    canonical_,
    code_,
    date_,
    dateTime_,
    decimal_,
    id_,
    instant_,
    integer_,
    markdown_,
    oid_,
    positiveInt_,
    string_,
    time_,
    unsignedInt_,
    uri_,
    url_,
    uuid_,
    xhtml_,
};

// How JSON writes a value of the type.
enum class ValueKind : std::uint8_t { none, string, number, boolean };
ValueKind value_kind(Primitive type);
// The same, but string where the text could not stand in JSON as a number or boolean.
ValueKind value_kind(Primitive type, std::string_view text);

// What is wrong with the text as a value of the type, in words that follow the value ("is not …"); empty: nothing.
// Precondition: text is UTF-8. Of xhtml only that it is not empty is looked at; see xhtml.hpp.
std::string_view wrong_with(Primitive type, std::string_view text);

}  // namespace gantry::fhir::r4
