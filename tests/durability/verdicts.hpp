// What a run found, line by line, closed by `N passed, N failed`.
#pragma once
#include <string>
#include <vector>

#include "tests/durability/ledger_check.hpp"

namespace gantry::durability {

class Verdicts {
  public:
    // 0 violations: passed.
    void check(const std::string& what, long violations);
    void require(const std::string& what, bool holds) { check(what, holds ? 0 : 1); }
    void check(const std::vector<Finding>& findings) {
        for (const auto& finding : findings) check(finding.rule, finding.violations);
    }
    // Prints the last line; the exit code.
    int conclude() const;

  private:
    int passed_ = 0, failed_ = 0;
};

}  // namespace gantry::durability
