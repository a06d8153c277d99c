// Parts of texts: what a regular expression finds in a value, and pieces between separators.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "engine/text/pattern.hpp"
#include "mappings/language/frame.hpp"

namespace gantry::mappings {

// What may be written for a match: "$1" is the first group, "$0" the whole, "$$" a $. What is wrong with it, in words.
std::optional<std::string> wrong_template(std::string_view text, std::size_t groups);

// Node::pattern, and Node::separator for each. A value that is "" stays that; what becomes empty says nothing.
Value evaluate_match(const Node& node, Frame& frame);
Value evaluate_replace(const Node& node, Frame& frame);
// Node::separator and Node::piece.
Value evaluate_split(const Node& node, Frame& frame);

bool matches(const text::Pattern& pattern, std::string_view text);

}  // namespace gantry::mappings
