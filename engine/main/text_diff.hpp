// What is different between two texts, line by line.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gantry {

struct DiffLine {
    char sign = ' ';  // '-' gone, '+' new, ' ' in both
    std::string text;
};

// A shortest way from one to the other; of very long texts one that may be longer.
std::vector<DiffLine> diff_lines(std::string_view before, std::string_view after);

// In the unified form, with three lines around each change; empty when there is none.
std::string unified_diff(std::string_view before, std::string_view after);

}  // namespace gantry
