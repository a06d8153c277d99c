// A search as it was asked, read into what the store is asked (FHIR R4 search.html). Pure. Strict: every name,
// modifier, prefix and chain that is not known is a problem that says what there is; whoever wants to be lenient gets
// the search without them, and the problems.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/error.hpp"
#include "fhir/search/parameters.hpp"

namespace gantry::fhir {

using QueryParameters = std::vector<std::pair<std::string, std::string>>;  // decoded, in their order

struct SearchProblem {
    ErrorCode code = ErrorCode::fhir_bad_parameter;
    std::string parameter;  // as it was written
    std::string text;       // the whole sentence
};

// _include, _revinclude (3.1.1.5.4).
struct Include {
    const SearchableType* source = nullptr;
    const SearchParameter* parameter = nullptr;  // none: every reference of the source ("*")
    std::string_view target;                     // empty: every target of the parameter
    bool reverse = false;                        // the sources of what was found are added, else the targets
    bool iterate = false;                        // of what was included, too
};

enum class Total : std::uint8_t { none, estimate, accurate };
enum class Summary : std::uint8_t { no, yes, text, data, count };

struct SearchRequest {
    const SearchableType* type = nullptr;
    store::RecordQuery query;
    std::optional<store::FoundRecord> after;
    std::size_t count = 20;
    Total total = Total::none;
    Summary summary = Summary::no;
    std::vector<std::string> elements;
    std::vector<Include> includes;
    QueryParameters self;  // what was understood, without the cursor: for the links
    std::string digest;    // of it
};

struct SearchReading {
    SearchRequest request;
    std::vector<SearchProblem> problems;  // of each the parameter was left out of the request
};

inline constexpr std::size_t most_results = 1000;

SearchReading read_search(const SearchableType& type, const QueryParameters& parameters, const SearchContext& context);

// The rows that one parameter asks for; for _has, chains and conditional interactions. name: with modifier and chain.
Result<store::Criterion> criterion_of(const SearchableType& type, std::string_view name, std::string_view value,
                                      const SearchContext& context);

}  // namespace gantry::fhir
