// `gantry try`: what each message would do, on a database in memory that begins empty.
#pragma once
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "engine/main/configuration.hpp"

namespace gantry {

struct TryOptions {
    std::string channel;
    std::vector<std::filesystem::path> files;  // each one message or several, as `gantry send` takes them
    bool json = false;
    bool tree = false;  // each message with the names of its groups, segments and fields; not with json
};

// After the messages comes what they lost (try_coverage.hpp).
// Answers the exit code: 0; 1 a message was rejected or held; 2 no such channel; 74 a file cannot be read.
int run_try(const Configuration& configuration, const TryOptions& options, std::ostream& out, std::ostream& err);

}  // namespace gantry
