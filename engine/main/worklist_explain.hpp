// `gantry worklist explain`: why a modality is or is not shown an order. Reads the database as it is, beside a running
// engine or without one, and puts the question to the rules of the live C-FIND.
#pragma once
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "engine/main/configuration.hpp"

namespace gantry {

struct ExplainOptions {
    std::filesystem::path data;  // directory of the database
    std::string ae, accession;
    // As findscu -k takes them; none: what a modality asks that wants its own entries, station AE title `ae`.
    std::vector<std::string> keys;
    bool json = false;
};

// Answers the exit code: 0 an entry is answered; 1 none is, or there is no such order; 2 a key that cannot be read; 74
// the database cannot be read.
int run_worklist_explain(const Configuration& configuration, const ExplainOptions& options, const Clock& clock,
                         std::ostream& out, std::ostream& err);

}  // namespace gantry
