// A resource as it is served where one was posted: what was posted, and over it what the record says now.
//
// An element that shows fields of the record (fhir/resources/element_map.hpp) is as it was posted while they are as it
// said, to the last digit and extension; where a later event changed one of them, or the rules kept another value, it
// is what the record says. An element that shows none is as it was posted; one that was not posted is what the record
// says. Beside that:
//
//   id, meta.versionId, meta.lastUpdated   ours
//   identifier, category                   what was posted, and what the record has beside it
//   status                                 as posted while it means what the record says
//   references to what we have a record of  lead there; display and identifier as posted
//   text                                   a narrative goes as soon as an element of what was posted was replaced
//   contained                              those that something still refers to
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "engine/effects/fields.hpp"

namespace gantry::fhir {

// The value that a record has of one of its fields now.
using FieldNow = std::function<std::string_view(std::string_view field)>;

// projected: the record as a resource (fhir/resources). posted: a text of posted_resource(). Where that cannot be read,
// or is of another type, the answer is the projection. Pure.
std::string overlay(std::string projected, effects::RecordKind kind, const FieldNow& now, std::string_view posted);

}  // namespace gantry::fhir
