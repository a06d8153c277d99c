// What a receiver got, compared with what the ledger says and what senders were told.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/durability/ledger_check.hpp"

namespace gantry::durability {

// After a run: the engine does not work any more.
struct Receipts {
    const std::vector<Acknowledged>& journal;
    const std::vector<std::string>& received;  // control ids, in their order
    // What is in doubt is never sent again by the engine itself.
    bool holds = false;
    // Persons have looked into everything that was in doubt, so that nothing waits for them; else it may.
    bool settled = false;
};

struct ReceiptFigures {
    long deliveries = 0, received = 0, different = 0, doubts = 0;
    long lost = 0;                    // acknowledged and in no ledger, or (where all is settled) never received
    long doubles = 0, explained = 0;  // receipts beyond the first; of them, those with an attempt in doubt
};
struct ReceiptCheck {
    ReceiptFigures figures;
    std::vector<Finding> findings;
};
// Throws std::runtime_error when the database cannot be read.
ReceiptCheck check_receipts(const std::string& store, const std::filesystem::path& data, const Receipts& receipts);

}  // namespace gantry::durability
