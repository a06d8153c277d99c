// What to say about a value that no part of an expression gave.
#pragma once
#include <string>

#include "mappings/language/frame.hpp"

namespace gantry::mappings {

struct Missed {
    std::string place;  // of the field that would have said it, "OBR[2]-24"; empty: its segment is not there
    std::string codes;  // what the tables were asked in vain: "CTX is not in the table procedure"; empty: nothing
};

// node: an expression that gave nothing in this frame. The last path in it is the field that is missed.
Missed missed(const Node& node, Frame& frame);

// code as it may stand in a sentence for the sender: letters, digits and a few marks, at most 20 of them. Empty for
// anything else, which could be somebody's name in the wrong field.
std::string shown_code(const std::string& code);

}  // namespace gantry::mappings
