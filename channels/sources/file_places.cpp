#include "channels/sources/file_places.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <system_error>

#include "channels/sources/file_names.hpp"

namespace gantry::channels {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
    std::error_code unknown;
    return fs::symlink_status(path, unknown).type() != fs::file_type::not_found;
}

// 0, or the reason as errno has it; EEXIST when `to` is there.
int rename_if_free(const fs::path& from, const fs::path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return errno;
    // A file system that cannot promise it (NFS).
    if (is_there(to)) return EEXIST;
    return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

Result<Moved> told(int failed, const fs::path& from) {
    if (failed == 0) return Moved::done;
    if (failed == EEXIST) return Moved::taken;
    if (failed == ENOENT && !is_there(from)) return Moved::gone;
    return io_error(failed);
}

fs::path aside(const fs::path& to) {
    return to.parent_path() / ("." + to.filename().string() + ".part");
}

// From aside to where it belongs; nothing is left aside.
Result<Moved> settle(const fs::path& from, const fs::path& to) {
    auto moved = rename_new(from, to);
    if (!moved || *moved != Moved::done) ::unlink(from.c_str());
    if (!moved || *moved != Moved::done || sync_directory(to.parent_path())) return moved;
    const auto error = io_error();
    ::unlink(to.c_str());
    return error;
}

Result<Moved> write_new(const fs::path& to, std::string_view content) {
    const auto part = aside(to);
    if (!write_synced(part, content)) {
        const auto error = io_error();
        ::unlink(part.c_str());
        return error;
    }
    return settle(part, to);
}

// To another file system. When the original cannot be removed, the copy is: there is never one too many for long.
Result<Moved> copy_new(const fs::path& from, const fs::path& to) {
    const auto part = aside(to);
    std::error_code failed;
    fs::copy_file(from, part, fs::copy_options::overwrite_existing, failed);
    const Descriptor copy(failed ? -1 : ::open(part.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (failed || !copy.open() || ::fsync(copy.number()) != 0) {
        const auto error = failed ? io_error(failed.value()) : io_error();
        ::unlink(part.c_str());
        return error;
    }
    auto settled = settle(part, to);
    if (settled && *settled == Moved::done && ::unlink(from.c_str()) != 0) {
        const auto error = io_error();
        ::unlink(to.c_str());
        return error;
    }
    return settled;
}

Result<Moved> place(const fs::path& from, const fs::path& to) {
    const int failed = rename_if_free(from, to);
    return failed == EXDEV ? copy_new(from, to) : told(failed, from);
}

// The reason is there before the file.
Result<Moved> place_with(const fs::path& from, const fs::path& to, const std::string& beside) {
    if (beside.empty()) return place(from, to);
    const fs::path reason(to.string() + ".error");
    auto written = write_new(reason, beside);
    if (!written || *written != Moved::done) return written;
    auto moved = place(from, to);
    if (!moved || *moved != Moved::done) ::unlink(reason.c_str());
    return moved;
}

// Tries one name after the other.
template <class Try>
Result<void> under_a_free_name(const fs::path& directory, const std::string& name, Instant now, const Try& attempt) {
    if (!make_directories(directory)) return io_error();
    for (int number = 0; number < most_names; ++number) {
        const auto moved = attempt(directory / free_name(shortened(name), number, now));
        if (!moved) return moved.error();
        if (*moved != Moved::taken) return {};
    }
    return io_error(EEXIST);
}

bool holds(const fs::path& path, std::string_view content) {
    std::error_code failed;
    if (fs::symlink_status(path, failed).type() != fs::file_type::regular) return false;
    if (fs::file_size(path, failed) != content.size() || failed) return false;
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {}) == content;
}

}  // namespace

Error io_error(int number) {
    return {ErrorCode::io, std::generic_category().message(number), {}};
}

Result<Moved> rename_new(const fs::path& from, const fs::path& to) {
    return told(rename_if_free(from, to), from);
}

Result<void> move_into(const fs::path& file, const fs::path& directory, const std::string& name, Instant now,
                       const std::string& beside) {
    return under_a_free_name(directory, name, now, [&](const fs::path& to) { return place_with(file, to, beside); });
}

Result<void> write_into(const fs::path& directory, const std::string& name, std::string_view content, Instant now) {
    return under_a_free_name(directory, name, now, [&](const fs::path& to) -> Result<Moved> {
        if (holds(to, content)) return Moved::done;
        return write_new(to, content);
    });
}

}  // namespace gantry::channels
