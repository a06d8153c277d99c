// The names of patients as searches compare them, in columns of their own.
#pragma once
#include <string>
#include <string_view>

namespace gantry::store {

// Without case and diacritics (engine/text/folding.hpp). The names of a group of a DICOM PN, the groups separated by
// "="; of the given names also the middle ones, separated by blanks: "smith", "john adam"; "yamada=...", "tarou=...".
struct FoldedName {
    std::string family, given;
};
FoldedName folded_name(std::string_view name);

}  // namespace gantry::store
