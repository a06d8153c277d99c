// `gantry channel list` and `gantry channel format`.
#pragma once
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "engine/main/configuration.hpp"

namespace gantry {

struct ListOptions {
    std::string group;  // empty: all
    std::string label;  // "owner" or "owner=team"
    bool json = false;
};

// One line each: name, whether it is enabled, source, groups, labels, description.
int run_channel_list(const Configuration& configuration, const ListOptions& options, std::ostream& out);

// Writes each document in its canonical form; comments stay. only_check: says which are not in it, exit code 1.
int run_channel_format(const std::vector<std::filesystem::path>& files, bool only_check, std::ostream& out,
                       std::ostream& err);

}  // namespace gantry
