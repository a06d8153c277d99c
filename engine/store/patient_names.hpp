// The names of patients as searches compare them, in columns of their own.
#pragma once
#include <odb/database.hxx>

#include <functional>
#include <string>
#include <string_view>

namespace gantry::store {

// Without case and diacritics (engine/text/folding.hpp). The names of a group of a DICOM PN, the groups separated by
// "="; of the given names also the middle ones, separated by blanks: "smith", "john adam"; "yamada=...", "tarou=...".
struct FoldedName {
    std::string family, given;
};
FoldedName folded_name(std::string_view name);

// Fills the columns of patients that were written before there were any; a part of them in a transaction, until all are
// done. write: runs its argument as the database's only writer.
void fold_names(odb::database& database, const std::function<void(const std::function<void()>&)>& write);

}  // namespace gantry::store
