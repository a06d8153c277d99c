#include "engine/main/replace_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/durable_file.hpp"

namespace gantry {

bool replace_file(const std::filesystem::path& path, std::string_view text) {
    const auto aside = path.parent_path() / ("." + path.filename().string() + ".part");
    const Descriptor file(::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file.open()) return false;
    struct stat before {};
    bool fine = ::stat(path.c_str(), &before) != 0 || ::fchmod(file.number(), before.st_mode & 07777) == 0;
    fine = fine && write_all(file.number(), text) && ::fsync(file.number()) == 0;
    fine = fine && ::rename(aside.c_str(), path.c_str()) == 0;
    if (!fine) ::unlink(aside.c_str());
    return fine;
}

}  // namespace gantry
