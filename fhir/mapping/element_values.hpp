// Elements of FHIR as values of records: identifiers, codes, names, moments. The opposite of the writers in
// fhir/resources; what a record cannot hold is left out or said by who reads. Pure.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/clock.hpp"
#include "engine/effects/records.hpp"
#include "fhir/json/resource.hpp"
#include "fhir/resources/identifier_systems.hpp"

namespace gantry::fhir {

// Each repetition of an element.
template <class Use>
void for_each(r4::Element parent, std::string_view name, Use use) {
    for (auto one = parent[name]; one; one = one.again()) use(one);
}

// Of a resource, wherever it stands: "Patient".
inline std::string_view type_of(r4::Element resource) {
    const auto type = resource.type();
    return type ? type->name() : std::string_view();
}

// A Reference that leads somewhere, or tries to: one with nothing but a display is a remark.
inline bool leads(r4::Element reference) {
    return reference.has("reference") || reference.has("identifier");
}

std::string_view trimmed(std::string_view text);
// Of a string that is one of a list of the record, where "\" separates values: a blank in its place.
std::string list_item(std::string_view text);

struct ReadNumber {
    std::string value, authority;
    std::string type;  // code of table 0203, else the text of the type
    explicit operator bool() const { return !value.empty(); }
};
ReadNumber number_of(r4::Element identifier, const IdentifierSystems& systems);
// Of an identifier with the system urn:dicom:uid; empty: it is another one.
std::string uid_of(r4::Element identifier);

struct ReadConcept {
    std::string code, scheme, meaning, text;
    bool empty() const { return code.empty() && meaning.empty() && text.empty(); }
    // What a person reads.
    const std::string& words() const { return !text.empty() ? text : !meaning.empty() ? meaning : code; }
};
// Of a CodeableConcept: the first coding with a code, else the first with a display.
ReadConcept concept_of(r4::Element codeable);
bool has_coding(r4::Element codeable, std::string_view system, std::string_view code);
// Of the first such extension.
std::string_view extension_text(r4::Element of, std::string_view url);

// A HumanName as one group of a DICOM PN; without parts its text is the family name.
std::string name_group(r4::Element human_name);
// The names of a person: those that are one name in several writings (iso21090-EN-representation) together. first: the
// official one, else the usual one, else the first; others separated by "\".
struct ReadNames {
    std::string first, others;
};
ReadNames names_of(r4::Element person);

// "2026-11-23T09:00:00+01:00" as "20261123090000+0100"; without the offset where the site's is the same then. Empty: it
// is no day, only a month or a year.
std::string moment_of(std::string_view date_time, const Zone* zone);
// The moment itself; a day begins at midnight of the site. Nothing: as above.
std::optional<Instant> instant_at(std::string_view date_time, const Zone* zone);
// YYYYMMDDHHMMSS in UTC: what decides which of two messages is newer.
std::string event_time_of(Instant at);

}  // namespace gantry::fhir
