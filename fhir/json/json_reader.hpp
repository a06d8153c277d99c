// FHIR JSON (http://hl7.org/fhir/R4/json.html) into a tree of elements. Any bytes may be given: memory and stack are
// bounded by the limits, and what is wrong comes back as issues with place and path, all of it and not only the first.
//
// Reading refuses what is no FHIR JSON: broken JSON or UTF-8, duplicate keys, null where none may be, empty arrays,
// objects and strings, an array where R4 has one value and one value where R4 has an array, elements that R4 does not
// know. Whether values, cardinalities and rules are right is validate()'s part (validation.hpp).
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "fhir/json/issue.hpp"
#include "fhir/json/resource.hpp"

namespace gantry::fhir::r4 {

// Elements within one another: R4 alone does not limit how deep items, parts and extensions nest; real resources stay
// below 15. The same for JSON and XML, so that what is read as one can be written as the other.
inline constexpr std::size_t max_depth = 50;
// Keys of one object: the type with most elements has 200, each of which may have another beside it.
inline constexpr std::size_t max_keys = 1000;

struct ReadOptions {
    std::size_t max_bytes = 64u << 20;  // below 4 GB
    std::size_t max_elements = 2'000'000;
    std::size_t max_issues = 100;
    // Unknown elements are warnings; they are kept in either case.
    bool lenient = false;
};

struct ReadOutcome {
    // What could be read; none when the text is no JSON or XML, or names no resource type of R4.
    std::optional<Resource> resource;
    std::vector<Issue> issues;
    bool ok() const { return resource && acceptable(issues); }
};

ReadOutcome read_json(std::string_view bytes, const ReadOptions& options = {});

}  // namespace gantry::fhir::r4
