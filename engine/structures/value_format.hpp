// How the primitive data types are written (HL7 v2.9 2A.3): what strict validation accepts. Pure; `text` is one value
// with its escapes resolved, not empty and not the null "".
#pragma once
#include <cstddef>
#include <string_view>

namespace gantry::structures {

// Whether text is what the data type wants: NM, SI, DT, TM, DTM and TS (its first component). Any other type holds
// whatever it is given.
bool well_formed(std::string_view type, std::string_view text);

// Characters (code points of UTF-8).
std::size_t characters(std::string_view text);

}  // namespace gantry::structures
