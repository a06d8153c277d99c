// `gantry serve`: the engine in the foreground until SIGTERM or SIGINT.
#pragma once
#include <filesystem>

namespace gantry {

struct ServeOptions {
    std::filesystem::path configuration = "conf";
    std::filesystem::path data = "var";
    bool verbose = false;  // debug events too
};
// Answers the exit code.
int run_serve(const ServeOptions& options);

}  // namespace gantry
