// Files that come into being whole and never in the place of another one: moved, or written aside and renamed. Errors:
// io, with the system's reason and without names, because the name of a file may be that of a patient.
#pragma once
#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/base/clock.hpp"
#include "engine/base/durable_file.hpp"
#include "engine/base/result.hpp"

namespace gantry::channels {

// number: as errno has it, by default what it says now.
Error io_error(int number = errno);

enum class Moved : std::uint8_t {
    done,
    taken,
    gone
};  // taken: another file has that name; gone: there is none to move

// Within one file system. Atomic where the system has it; elsewhere only against those who do the same.
Result<Moved> rename_new(const std::filesystem::path& from, const std::filesystem::path& to);

// Puts a file into a directory, which is made when it is missing and may be on another file system: under its name, or
// with the time (UTC) in it where that is taken. beside: not empty: what is written to NAME.error before, so that no
// file stands there without its reason. A file that is gone is no error. On an error it stays where it was.
Result<void> move_into(const std::filesystem::path& file, const std::filesystem::path& directory,
                       const std::string& name, Instant now, const std::string& beside = {});

// Writes a file of this content into a directory in the same way; synced when it returns. Where one of the same name
// and content is, nothing happens: it was written before.
Result<void> write_into(const std::filesystem::path& directory, const std::string& name, std::string_view content,
                        Instant now);

}  // namespace gantry::channels
