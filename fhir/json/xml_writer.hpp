// A tree of elements as FHIR XML in the order of the specification: the same tree gives the same bytes, and reading
// them gives the same tree again. Characters that XML does not have become U+FFFD; what JSON held that R4 does not know
// is left out.
#pragma once
#include <string>

#include "fhir/json/json_writer.hpp"

namespace gantry::fhir::r4 {

// With an XML declaration.
std::string write_xml(const Resource& resource, const WriteOptions& options = {});
std::string write_xml(Element resource, const WriteOptions& options = {});

}  // namespace gantry::fhir::r4
