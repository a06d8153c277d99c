#include "engine/settings/secret.hpp"

#include <fstream>
#include <ostream>

namespace gantry::settings {
namespace {
constexpr std::size_t longest_secret = 64u << 10;
}

std::string to_string(const Secret& secret) {
    return secret.empty() ? "" : "***";
}

std::ostream& operator<<(std::ostream& out, const Secret& secret) {
    return out << to_string(secret);
}

Result<Secret> secret_from_file(const std::string& name, const Environment& environment) {
    const auto path = environment.directory / name;
    std::error_code none;
    std::ifstream in(path, std::ios::binary);
    if (!in || std::filesystem::is_directory(path, none))
        return Error{ErrorCode::config_secret, "file " + name + " cannot be read", {}};
    std::string text(longest_secret + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > longest_secret)
        return Error{ErrorCode::config_secret, "file " + name + " is longer than 64 KiB", {}};
    text.resize(std::min(text.find_first_of("\r\n"), text.size()));
    if (text.empty()) return Error{ErrorCode::config_secret, "file " + name + " has an empty first line", {}};
    return Secret(std::move(text));
}

Result<Secret> secret_from_variable(const std::string& name, const Environment& environment) {
    auto value = environment.variable(name);
    if (!value || value->empty())
        return Error{ErrorCode::config_secret, "environment variable " + name + " is not set", {}};
    return Secret(std::move(*value));
}

}  // namespace gantry::settings
