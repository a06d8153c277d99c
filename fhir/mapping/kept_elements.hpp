// Which elements of a resource the records hold, so that whoever sends another one is told that it is lost. Private to
// this room; docs/specs/fhir-writing.md.
#pragma once
#include <functional>
#include <string>

#include "fhir/json/resource.hpp"

namespace gantry::fhir {

// Calls back with each element that is not kept, by its path without indexes ("Patient.name.period"), the outermost
// one. Contained resources are not looked into.
void for_each_lost(r4::Element resource, const std::function<void(std::string)>& lost);

}  // namespace gantry::fhir
