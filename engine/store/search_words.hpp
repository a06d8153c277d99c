// The words of a message by which a free-text search finds it: the same on every database.
//
// A word is a run of letters and digits, in lower case, of 2 to 64 bytes; what separates fields, components and
// sentences separates words. Long runs as base64 has them are a document and no words. Order and number of times do not
// count.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gantry::store {

// Of what is stored with the index: another way to make words makes another index (it is built anew).
inline constexpr int word_form = 1;

// utf8: what is not well-formed separates words. Sorted, each once; no more than 10,000.
std::vector<std::string> search_words(std::string_view utf8);

}  // namespace gantry::store
