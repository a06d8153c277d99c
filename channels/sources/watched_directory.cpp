#include "channels/sources/watched_directory.hpp"

#include <fcntl.h>
#include <fnmatch.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
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

}  // namespace

WatchedDirectory::WatchedDirectory(fs::path directory, const std::string& reader, WatchRules rules)
    : directory_(std::move(directory)), working_(directory_ / ("." + reader + ".reading")), rules_(std::move(rules)) {}

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
    seen_.clear();
}

Result<WatchedDirectory::Listing> WatchedDirectory::list(const fs::path& directory, const std::string& pattern,
                                                         int flags, Instant now) {
    Listing out;
    std::error_code failed;
    for (fs::directory_iterator at(directory, failed), end; !failed && at != end; at.increment(failed)) {
        auto name = at->path().filename().string();
        struct stat file {};
        if (::fnmatch(pattern.c_str(), name.c_str(), flags) != 0) continue;
        if (::lstat(at->path().c_str(), &file) != 0 || !S_ISREG(file.st_mode)) continue;
        out.emplace(std::move(name),
                    Seen{file.st_ino, static_cast<std::uint64_t>(file.st_size), micros_of(file.st_mtim), now});
    }
    if (failed) return io_error(failed.value());
    return out;
}

std::vector<std::string> WatchedDirectory::ordered(const Listing& files, std::vector<std::string> names) const {
    if (rules_.order == WatchRules::Order::time)
        std::stable_sort(names.begin(), names.end(), [&](const auto& a, const auto& b) {
            return files.find(a)->second.changed < files.find(b)->second.changed;
        });
    return names;
}

Result<std::vector<std::string>> WatchedDirectory::claimed() const {
    auto files = list(working_, "*", 0, {});
    if (!files) return files.error();
    files->erase(lock_name);
    std::vector<std::string> names;
    for (const auto& [name, seen] : *files) names.push_back(name);
    return ordered(*files, std::move(names));
}

bool WatchedDirectory::is_settled(const Seen& seen, Instant now) const {
    const auto least = std::chrono::microseconds(rules_.min_age).count();
    return now.micros - seen.changed >= least || now.micros - seen.since.micros >= least;
}

Result<std::vector<std::string>> WatchedDirectory::look(Instant now) {
    auto files = list(directory_, rules_.pattern, FNM_PERIOD, now);
    if (!files) return files.error();
    std::vector<std::string> names;
    for (auto& [name, seen] : *files) {
        const auto before = seen_.find(name);
        if (before == seen_.end() || !before->second.same_as(seen)) continue;
        seen.since = std::min(before->second.since, now);  // the clock may have been set back
        if (is_settled(seen, now)) names.push_back(name);
    }
    seen_ = std::move(*files);
    return ordered(seen_, std::move(names));
}

Result<Moved> WatchedDirectory::claim(const std::string& name) {
    return rename_new(directory_ / name, working_ / name);
}

Result<Moved> WatchedDirectory::give_back(const std::string& name) {
    return rename_new(working_ / name, directory_ / name);
}

}  // namespace gantry::channels
