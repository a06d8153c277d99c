// The command line of the programs here: PROGRAM CONF DATA [--NAME VALUE]…
#pragma once
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace gantry::durability {

struct RunOptions {
    std::filesystem::path program, conf, data;
    std::map<std::string, std::string> values;

    std::string text(const std::string& name, const std::string& otherwise) const {
        const auto found = values.find(name);
        return found == values.end() ? otherwise : found->second;
    }
    unsigned number(const std::string& name, unsigned otherwise) const {
        return static_cast<unsigned>(std::atol(text(name, std::to_string(otherwise)).c_str()));
    }
    // Where the engine's output goes.
    std::filesystem::path log() const { return text("log", (data / "engine.log").string()); }
};

inline std::optional<RunOptions> run_options(int count, char** arguments) {
    if (count < 4 || count % 2 != 0) return std::nullopt;
    RunOptions out{arguments[1], arguments[2], arguments[3], {}};
    for (int i = 4; i < count; i += 2) {
        const std::string name = arguments[i];
        if (name.compare(0, 2, "--") != 0) return std::nullopt;
        out.values[name.substr(2)] = arguments[i + 1];
    }
    return out;
}

// main() of a program here. Series: made from the options, its run() answers the exit code. What it throws closes the
// output as one failure; other threads may still wait for an engine then, so nothing is taken down.
template <class Series>
int run_series(int count, char** arguments) {
    const auto options = run_options(count, arguments);
    if (!options) {
        std::fprintf(stderr, "usage: %s PROGRAM CONF DATA [--NAME VALUE]…\n", arguments[0]);
        return 2;
    }
    std::unique_ptr<Series> series;
    try {
        series = std::make_unique<Series>(*options);
        return series->run();
    } catch (const std::exception& failure) {
        std::printf("%s\n0 passed, 1 failed\n", failure.what());
        std::fflush(stdout);
        std::_Exit(1);
    }
}

}  // namespace gantry::durability
