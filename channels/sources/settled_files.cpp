#include "channels/sources/settled_files.hpp"

#include <fnmatch.h>

#include <algorithm>

namespace gantry::channels {

bool SettledFiles::wants(const std::string& name) const {
    return ::fnmatch(rules_.pattern.c_str(), name.c_str(), FNM_PERIOD) == 0;
}

std::vector<std::string> SettledFiles::look(FileListing files, Instant now) {
    std::vector<std::string> names;
    for (auto& [name, seen] : files) {
        const auto before = seen_.find(name);
        if (before == seen_.end() || !before->second.same_as(seen)) continue;
        seen.since = std::min(before->second.since, now);  // the clock may have been set back
        if (is_settled(seen, now)) names.push_back(name);
    }
    seen_ = std::move(files);
    return ordered(seen_, std::move(names));
}

bool SettledFiles::is_settled(const SeenFile& seen, Instant now) const {
    const auto least = std::chrono::microseconds(rules_.min_age).count();
    return now.micros - seen.changed >= least || now.micros - seen.since.micros >= least;
}

std::vector<std::string> SettledFiles::ordered(const FileListing& files) const {
    std::vector<std::string> names;
    for (const auto& [name, seen] : files) names.push_back(name);
    return ordered(files, std::move(names));
}

std::vector<std::string> SettledFiles::ordered(const FileListing& files, std::vector<std::string> names) const {
    if (rules_.order == WatchRules::Order::time)
        std::stable_sort(names.begin(), names.end(), [&](const auto& a, const auto& b) {
            return files.find(a)->second.changed < files.find(b)->second.changed;
        });
    return names;
}

}  // namespace gantry::channels
