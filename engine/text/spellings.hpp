// The ways in which people write the same word, for searches that cannot compare without case and marks themselves.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gantry::text {

// As it is, in small letters, in capitals, with a capital at the beginning of each word, and folded
// (engine/text/folding.hpp), each once.
std::vector<std::string> spellings_of(std::string_view utf8);

}  // namespace gantry::text
