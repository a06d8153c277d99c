// Taking back a merge (A40 and its kin) that was wrong. No HL7 v2 message says this (A37 unlinks what A24 linked), so a
// person does: `gantry patient unmerge`, or a step of a case file. It is a unit like a message and goes the same way:
// one transaction, a row in the ledger, a row in the change log, seen by the next worklist query.
// What goes back and what stays: docs/decisions/0008-merges-and-lanes.md.
#pragma once
#include <filesystem>
#include <iosfwd>
#include <string>

#include "engine/main/configuration.hpp"

namespace gantry {

struct Unmerge {
    std::string prior;   // the number that was merged away, as in PID-3: "MR2^^^XYZ^MR"
    std::string by;      // who wants it
    std::string reason;  // for the ledger
};

// The reply is a sentence. Never a duplicate of another one. policy must outlive the unit.
store::Unit unmerge_unit(const Unmerge& what, const effects::OrderPolicy& policy, Instant now);

struct UnmergeOptions {
    std::filesystem::path data = "var";
    Unmerge what;
};
// On the configured database, whether an engine runs on it or not: SQLite and PostgreSQL both let another process write
// one transaction, and the rules read inside it. Answers the exit code: 0 undone, 1 there was nothing to undo.
int run_unmerge(const Configuration& configuration, const UnmergeOptions& options, std::ostream& out,
                std::ostream& err);

}  // namespace gantry
