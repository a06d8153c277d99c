// `gantry test`: runs case files and says what is different, and how much of the mappings they use.
#pragma once
#include <filesystem>
#include <iosfwd>
#include <vector>

#include "engine/main/configuration.hpp"

namespace gantry {

struct TestOptions {
    std::vector<std::filesystem::path> paths;  // case files, or directories searched for them; none: the channels'
    bool bless = false;                        // write what came out into the files
    std::filesystem::path junit;               // also a JUnit report; empty: none
    bool json = false;                         // one JSON document instead of lines
    bool coverage = false;                     // with where what no case used stands
};

// Answers the exit code: 0 all passed; 1 some failed; 2 a path that does not exist; 74 a file that cannot be read or
// written. The last line is "N passed, N failed".
int run_tests(const Configuration& configuration, const TestOptions& options, std::ostream& out);

}  // namespace gantry
