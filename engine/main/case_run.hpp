// Runs one case file: the channel on a database in memory, the messages in their order, and what came out against what
// is expected.
#pragma once
#include "engine/main/case_comparison.hpp"
#include "engine/main/case_file.hpp"
#include "engine/main/configuration.hpp"

namespace gantry {

struct CaseResult {
    std::string description;
    std::vector<json::Diagnostic> problems;  // the case file itself is wrong
    std::vector<Difference> differences;
    std::vector<mappings::Mapping> mappings;  // of its channel
    std::vector<effects::Usage> usage;        // what each message made use of
    bool passed() const { return problems.empty() && differences.empty(); }
};

CaseResult run_case(const Configuration& configuration, const std::string& file, const std::string& text);

}  // namespace gantry
