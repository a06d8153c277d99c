// Where a page ended, as a word for its next link. It holds the place itself, so it is good after a restart and on
// every node, and rows that come, go or change in the middle of a walk neither repeat nor hide others. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/store/record_search.hpp"

namespace gantry::fhir {

// What the rest of the search says, so that a cursor is not taken for another one.
std::string search_digest(std::string_view type, const std::vector<std::pair<std::string, std::string>>& parameters);

std::string cursor_text(const store::FoundRecord& last, std::string_view digest);
// Nothing: no cursor of this search. sort_keys: how many the search has.
std::optional<store::FoundRecord> read_cursor(std::string_view text, std::string_view digest, std::size_t sort_keys);

}  // namespace gantry::fhir
