// JSON with comments in its canonical form, so that what a person and what a program writes differ only in what was
// changed: two spaces per level; what fits into 120 columns and holds no comment stands in one line; members in a given
// order; comments, blank lines and the texts of values stay.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace gantry::json {

// The members of the object at a path of keys ("" stands for an item of a list) in the order they are written. Members
// it does not name follow in the order they have; an empty answer leaves all of them where they are.
using KeyOrder = std::function<std::vector<std::string>(const std::vector<std::string>& path)>;

// A comment belongs to the member or item below it, at the end of a line to the one before it. format() of the answer
// is the answer, and parse() of it gives the same values. Error: as of parse().
Result<std::string> format(std::string_view text, const KeyOrder& order = {});

}  // namespace gantry::json
