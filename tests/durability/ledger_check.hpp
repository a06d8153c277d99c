// What must hold of the database and the delivered files after any number of kills.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tests/durability/hospital.hpp"

namespace gantry::durability {

struct Finding {
    std::string rule;
    long violations = 0;  // -1: could not be checked
};

// What is checked beside what always holds.
struct LedgerScope {
    bool drained = false;  // every delivery had time to be made
    bool archive = true;   // deliveries go to files in DATA/archive
};

// The engine must not be running; its store is opened from outside. Never throws.
std::vector<Finding> check_ledger(const std::string& store, const std::filesystem::path& data,
                                  const std::vector<Acknowledged>& journal, const LedgerScope& scope);

// Of the findings: messages that were acknowledged and are not in the ledger.
long lost_messages(const std::vector<Finding>& findings);

}  // namespace gantry::durability
