#include "engine/main/replace_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gantry {
namespace {

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(file, text.data(), text.size());
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

bool replace_file(const std::filesystem::path& path, std::string_view text) {
    const auto aside = path.parent_path() / ("." + path.filename().string() + ".part");
    const int file = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) return false;
    struct stat before {};
    bool fine = ::stat(path.c_str(), &before) != 0 || ::fchmod(file, before.st_mode & 07777) == 0;
    fine = fine && write_all(file, text) && ::fsync(file) == 0;
    fine = ::close(file) == 0 && fine && ::rename(aside.c_str(), path.c_str()) == 0;
    if (!fine) ::unlink(aside.c_str());
    return fine;
}

}  // namespace gantry
