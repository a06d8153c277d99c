// A tree of elements as FHIR JSON in the order of the specification. The same tree gives the same bytes; reading them
// gives the same tree again, with every value as precise as it was.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/resource.hpp"

namespace gantry::fhir::r4 {

// http://hl7.org/fhir/R4/search.html#summary. Everything but `all` marks the answer as SUBSETTED.
enum class Summary : std::uint8_t {
    all,   // _summary=false
    yes,   // _summary=true: elements of the summary
    text,  // id, meta, text and mandatory elements
    data,  // everything but text
};

struct WriteOptions {
    bool pretty = false;
    Summary summary = Summary::all;
    // _elements: of these and the mandatory ones, by their names in FHIRPath; empty: all.
    std::vector<std::string> elements;
};

std::string write_json(const Resource& resource, const WriteOptions& options = {});
// One resource inside another: an entry of a Bundle.
std::string write_json(Element resource, const WriteOptions& options = {});

}  // namespace gantry::fhir::r4
