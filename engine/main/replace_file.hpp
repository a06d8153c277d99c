// A file with other content, whole or not at all: written aside, synced and renamed, so that an engine that watches it
// never sees half of it.
#pragma once
#include <filesystem>
#include <string_view>

namespace gantry {

// False: it stays as it was. Permissions stay.
bool replace_file(const std::filesystem::path& path, std::string_view text);

}  // namespace gantry
