#include "engine/base/durable_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <vector>

namespace gantry {

namespace fs = std::filesystem;

Descriptor::~Descriptor() {
    const auto reason = errno;
    if (number_ >= 0) ::close(number_);
    errno = reason;
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}

bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written == 0) errno = EIO;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool write_synced(const fs::path& path, std::string_view bytes) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640));
    return file.open() && write_all(file.number(), bytes) && ::fsync(file.number()) == 0;
}

bool sync_directory(const fs::path& directory) {
    const Descriptor handle(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return handle.open() && ::fsync(handle.number()) == 0;
}

bool make_directories(const fs::path& directory) {
    std::vector<fs::path> missing;
    std::error_code failed;
    for (auto each = directory; each.has_relative_path() && !fs::exists(each, failed); each = each.parent_path())
        missing.push_back(each);
    fs::create_directories(directory, failed);
    std::error_code unknown;
    if (failed && !fs::is_directory(directory, unknown)) {
        errno = failed.value();
        return false;
    }
    for (const auto& each : missing) {
        const auto parent = each.parent_path();
        if (!sync_directory(parent.empty() ? "." : parent)) return false;
    }
    return true;
}

}  // namespace gantry
