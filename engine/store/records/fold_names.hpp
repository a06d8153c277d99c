#pragma once
#include <odb/database.hxx>

#include <functional>

namespace gantry::store {

// Fills the columns of patients that were written before there were any; a part of them in a transaction, until all are
// done. write: runs its argument as the database's only writer.
void fold_names(odb::database& database, const std::function<void(const std::function<void()>&)>& write);

}  // namespace gantry::store
