// An option that names a file which its component reads (a certificate, a key): relative names are found from the
// directory of the configuration file, and a file that cannot be read is a problem at the option's place.
#pragma once
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

#include "engine/settings/codec.hpp"

namespace gantry::settings {

struct InputFile {
    std::filesystem::path path;  // found; empty: not given

    bool empty() const { return path.empty(); }
    bool operator==(const InputFile&) const = default;
};

// Why it cannot be read, or empty. Blocks as the file system does.
inline std::string why_unreadable(const std::filesystem::path& path) {
    std::error_code none;
    if (std::filesystem::is_directory(path, none)) return "it is a directory";
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
    return file ? "" : std::generic_category().message(errno);
}

template <>
struct Codec<InputFile> {
    static constexpr OptionType type = OptionType::text;
    static bool read(const Reading& at, const OptionDescription& option, InputFile& into) {
        const auto name = read_text(at, option);
        if (!name || name->empty()) return name.has_value();
        // Kept although it cannot be read: that it was given matters to the checks of other options.
        into.path = at.environment.directory / *name;
        const auto why = why_unreadable(into.path);
        if (!why.empty()) at.problem(ErrorCode::config_missing_file, *name + ", " + why);
        return why.empty();
    }
    static std::string json(const InputFile& file) { return file.empty() ? "" : json::quoted(file.path.string()); }
};

}  // namespace gantry::settings
