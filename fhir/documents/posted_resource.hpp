// A resource as it was posted, in the form in which it is stored beside the record that it is about: what it says of
// each field of the record, as the record would hold it, and all of it but its id and version, which are ours.
//
// The text is one line of JSON, {"field": "value"}, and the resource as JSON in the order of the specification. The
// same resource gives the same text and sum, so that posting it again changes nothing.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/effects/effects.hpp"
#include "fhir/json/resource.hpp"

namespace gantry::fhir {

// Empty: it says that there is none.
struct SaidField {
    std::string name, value;
};

// What is said of a field in few bytes: the value, or of a long one its sum.
std::string short_form(std::string_view value);

// resource: without its id, meta.versionId and meta.lastUpdated, which are left out. Of a presentedForm that is no
// plain text only the digest of its bytes is kept, as the address of a Binary: they are stored with the report.
effects::PostedResource posted_resource(r4::Element resource, const std::vector<SaidField>& said);

struct PostedDocument {
    std::vector<SaidField> said;  // in short form
    r4::Resource resource;
};
// Nothing: it is no such text.
std::optional<PostedDocument> read_posted(std::string_view text);

}  // namespace gantry::fhir
