// The command line of the programs here: PROGRAM CONF DATA [--NAME VALUE]…
#pragma once
#include <cstdlib>
#include <filesystem>
#include <map>
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

}  // namespace gantry::durability
