#include "tests/durability/verdicts.hpp"

#include <cstdio>

namespace gantry::durability {

void Verdicts::check(const std::string& what, long violations) {
    ++(violations == 0 ? passed_ : failed_);
    std::printf("%s %s%s\n", violations == 0 ? "ok    " : "FAILED", what.c_str(),
                violations == 0 ? "" : (": " + std::to_string(violations)).c_str());
    std::fflush(stdout);
}

int Verdicts::conclude() const {
    std::printf("%d passed, %d failed\n", passed_, failed_);
    return failed_ == 0 ? 0 : 1;
}

}  // namespace gantry::durability
