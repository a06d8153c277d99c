// What a configuration file takes from around it: variables of the environment and the directory it stands in.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace gantry::settings {

// getenv as a value. Not while another thread changes the environment.
std::optional<std::string> process_variable(const std::string& name);

struct Environment {
    std::filesystem::path directory;  // of the file being read: relative secret files are found from here
    std::function<std::optional<std::string>(const std::string& name)> variable = process_variable;
};

// True when the text holds something that expanded() would replace.
bool has_variables(std::string_view text);

// Replaces ${NAME} by the variable and ${NAME:-default} by the variable or, when it is unset or empty, by the default;
// "$${" stands for "${". What a variable holds is not expanded again. Errors: config_unknown_name (the variable is not
// set and there is no default), config_out_of_range (no closing brace, or not a name).
Result<std::string> expanded(std::string_view text, const Environment& environment);

}  // namespace gantry::settings
