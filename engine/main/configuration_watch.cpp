#include "engine/main/configuration_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "engine/main/configuration.hpp"

namespace gantry {
namespace {

constexpr std::uint32_t what = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;

}  // namespace

ConfigurationWatch::~ConfigurationWatch() {
    close();
}

void ConfigurationWatch::close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

bool ConfigurationWatch::watch(const std::vector<std::filesystem::path>& directories) {
    close();
    if (directories.empty()) return true;
    descriptor_ = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    for (const auto& directory : directories)
        if (descriptor_ < 0 || ::inotify_add_watch(descriptor_, directory.c_str(), what) < 0) {
            close();
            return false;
        }
    return true;
}

bool ConfigurationWatch::changed() {
    bool out = false;
    alignas(inotify_event) std::array<char, 4096> buffer;
    for (;;) {
        const auto got = ::read(descriptor_, buffer.data(), buffer.size());
        if (got <= 0) return out;
        for (ssize_t at = 0; at < got;) {
            inotify_event event;
            std::memcpy(&event, buffer.data() + at, sizeof event);
            // Too many at once for the queue: some of them may have been ours.
            const bool overflow = (event.mask & IN_Q_OVERFLOW) != 0;
            const auto* name = buffer.data() + at + sizeof event;
            out = out || overflow || (event.len > 0 && (is_document(name) || is_script(name)));
            at += static_cast<ssize_t>(sizeof event + event.len);
        }
    }
}

}  // namespace gantry
