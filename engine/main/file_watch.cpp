#include "engine/main/file_watch.hpp"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace gantry {
namespace {

constexpr std::uint32_t saved = IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE;

// Whether `descriptor` can be read within `timeout` milliseconds (-1: however long it takes); stop comes first.
enum class Ready { nothing, events, stop };
Ready ready(int descriptor, int stop, int timeout) {
    std::array<pollfd, 2> waiting{pollfd{descriptor, POLLIN, 0}, pollfd{stop, POLLIN, 0}};
    int count = 0;
    do count = ::poll(waiting.data(), waiting.size(), timeout);
    while (count < 0 && errno == EINTR);
    if (waiting[1].revents != 0) return Ready::stop;
    return waiting[0].revents != 0 ? Ready::events : Ready::nothing;
}

}  // namespace

Result<FileWatch> FileWatch::open() {
    const int descriptor = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (descriptor < 0)
        return Error{
            ErrorCode::config_missing_file, "files cannot be watched: " + std::string(std::strerror(errno)), {}};
    return FileWatch(descriptor);
}

FileWatch::FileWatch(FileWatch&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), wanted_(std::move(other.wanted_)) {}

FileWatch::~FileWatch() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void FileWatch::add(const std::filesystem::path& directory, Wanted wanted) {
    const auto path = directory.empty() ? std::filesystem::path(".") : directory;
    const int number = ::inotify_add_watch(descriptor_, path.c_str(), saved | IN_ONLYDIR);
    if (number >= 0) wanted_[number].push_back(std::move(wanted));
}

void FileWatch::forget() {
    wanted_.clear();
}

void FileWatch::read_events(std::vector<std::string>& names) {
    alignas(inotify_event) std::array<char, 16384> buffer;
    for (;;) {
        const auto count = ::read(descriptor_, buffer.data(), buffer.size());
        if (count <= 0) return;
        for (std::size_t at = 0; at < static_cast<std::size_t>(count);) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            const std::string name(event.len > 0 ? buffer.data() + at + sizeof event : "");
            at += sizeof event + event.len;
            const auto found = wanted_.find(event.wd);
            if (found == wanted_.end() || std::find(names.begin(), names.end(), name) != names.end()) continue;
            const auto& all = found->second;
            if (std::any_of(all.begin(), all.end(), [&](const auto& wanted) { return wanted(name); }))
                names.push_back(name);
        }
    }
}

std::vector<std::string> FileWatch::wait(int stop, std::chrono::milliseconds quiet) {
    std::vector<std::string> names;
    for (;;) {
        const int timeout = names.empty() ? -1 : static_cast<int>(quiet.count());
        switch (ready(descriptor_, stop, timeout)) {
            case Ready::stop:
                return {};
            case Ready::nothing:
                return names;
            case Ready::events:
                read_events(names);
        }
    }
}

}  // namespace gantry
