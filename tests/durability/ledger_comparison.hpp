// The model beside the database: every message and delivery with an id above `floor`. Throws Broken.
#pragma once
#include "tests/durability/ledger.hpp"
#include "tests/durability/ledger_model.hpp"

namespace gantry::durability {

void compare_with_ledger(const LedgerModel& model, Ledger& ledger, std::int64_t floor);
// Every use of an attachment has its document, every document its use, and who uses one is there. Reads whole tables.
void compare_documents(Ledger& ledger);
// What retention has left: all messages and contents there are, and nothing that belongs to one that is gone. Documents
// too.
void compare_what_is_kept(const LedgerModel& model, Ledger& ledger);

}  // namespace gantry::durability
