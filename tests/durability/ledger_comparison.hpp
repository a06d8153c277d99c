// The model beside the database: every message and delivery with an id above `floor`. Throws Broken.
#pragma once
#include "tests/durability/ledger.hpp"
#include "tests/durability/ledger_model.hpp"

namespace gantry::durability {

void compare_with_ledger(const LedgerModel& model, Ledger& ledger, std::int64_t floor);
// What retention has left: all messages and contents there are, and nothing that belongs to one that is gone.
void compare_what_is_kept(const LedgerModel& model, Ledger& ledger);

}  // namespace gantry::durability
