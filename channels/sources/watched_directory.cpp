#include "channels/sources/watched_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <system_error>

namespace gantry::channels {
namespace {

namespace fs = std::filesystem;

constexpr auto lock_name = ".lock";

// Whether this is still the file of that name: a directory may have been made anew.
bool is_at(const Descriptor& file, const fs::path& path) {
    struct stat held {
    }, there{};
    return file.open() && ::fstat(file.number(), &held) == 0 && ::lstat(path.c_str(), &there) == 0 &&
           held.st_ino == there.st_ino && held.st_dev == there.st_dev;
}

std::int64_t micros_of(const timespec& time) {
    return std::int64_t(time.tv_sec) * 1'000'000 + time.tv_nsec / 1000;
}

template <class Wanted>
Result<FileListing> list(const fs::path& directory, const Wanted& wanted, Instant now) {
    FileListing out;
    std::error_code failed;
    for (fs::directory_iterator at(directory, failed), end; !failed && at != end; at.increment(failed)) {
        auto name = at->path().filename().string();
        struct stat file {};
        if (!wanted(name)) continue;
        if (::lstat(at->path().c_str(), &file) != 0 || !S_ISREG(file.st_mode)) continue;
        out.emplace(std::move(name),
                    SeenFile{file.st_ino, static_cast<std::uint64_t>(file.st_size), micros_of(file.st_mtim), now});
    }
    if (failed) return io_error(failed.value());
    return out;
}

}  // namespace

WatchedDirectory::WatchedDirectory(fs::path directory, const std::string& reader, WatchRules rules)
    : directory_(std::move(directory)),
      working_(directory_ / ("." + reader + ".reading")),
      settled_(std::move(rules)) {}

Result<WatchedDirectory::Entered> WatchedDirectory::enter() {
    anew_ = false;
    const auto path = working_ / lock_name;
    if (is_at(lock_, path)) return Entered::mine;
    leave();
    if (::mkdir(working_.c_str(), 0750) != 0 && errno != EEXIST) return io_error();
    Descriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!lock.open()) return io_error();
    if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return Entered::theirs;
        return io_error();
    }
    lock_ = std::move(lock);
    anew_ = true;
    return Entered::mine;
}

void WatchedDirectory::leave() {
    lock_ = Descriptor();
    settled_.forget();
}

Result<std::vector<std::string>> WatchedDirectory::claimed() const {
    const auto files = list(working_, [](const auto& name) { return name != lock_name; }, {});
    if (!files) return files.error();
    return settled_.ordered(*files);
}

Result<std::vector<std::string>> WatchedDirectory::look(Instant now) {
    auto files = list(
        directory_, [this](const auto& name) { return settled_.wants(name); }, now);
    if (!files) return files.error();
    return settled_.look(std::move(*files), now);
}

Result<Moved> WatchedDirectory::claim(const std::string& name) {
    return rename_new(directory_ / name, working_ / name);
}

Result<Moved> WatchedDirectory::give_back(const std::string& name) {
    return rename_new(working_ / name, directory_ / name);
}

}  // namespace gantry::channels
