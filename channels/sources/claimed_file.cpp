#include "channels/sources/claimed_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace gantry::channels {
namespace {

// Fills `into` from the file, up to its size; what is missing then was cut off since the size was asked.
Result<void> read_all(int file, std::string& into) {
    std::size_t at = 0;
    while (at < into.size()) {
        const auto got = ::read(file, into.data() + at, into.size() - at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return io_error();
        if (got == 0) break;
        at += static_cast<std::size_t>(got);
    }
    into.resize(at);
    return {};
}

}  // namespace

Result<ClaimedFile> ClaimedFile::open(const std::filesystem::path& path, std::size_t limit) {
    // Without O_NONBLOCK a pipe that has taken the file's place would be waited for.
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat opened {};
    if (!file.open() || ::fstat(file.number(), &opened) != 0) return io_error();
    if (!S_ISREG(opened.st_mode)) return Error{ErrorCode::io, "it is no plain file", {}};
    const auto size = static_cast<std::uint64_t>(opened.st_size);
    if (size > limit) return Error{ErrorCode::net_too_large, {}, {}};
    ClaimedFile out(std::move(file), opened);
    out.bytes.resize(size);
    if (auto read = read_all(out.file_.number(), out.bytes); !read) return read.error();
    return out;
}

bool ClaimedFile::changed() const {
    struct stat now {};
    return ::fstat(file_.number(), &now) != 0 || now.st_size != opened_.st_size ||
           now.st_mtim.tv_sec != opened_.st_mtim.tv_sec || now.st_mtim.tv_nsec != opened_.st_mtim.tv_nsec;
}

}  // namespace gantry::channels
