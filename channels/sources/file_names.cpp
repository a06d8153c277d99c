#include "channels/sources/file_names.hpp"

#include <algorithm>
#include <utility>

namespace gantry::channels {
namespace {

constexpr std::size_t longest_name = 180;

// "orders" and ".hl7".
std::pair<std::string, std::string> parted(const std::string& name) {
    const auto dot = name.rfind('.');
    if (dot == std::string::npos || dot == 0) return {name, {}};
    return {name.substr(0, dot), name.substr(dot)};
}

}  // namespace

std::string shortened(const std::string& name) {
    if (name.size() <= longest_name) return name;
    const auto [stem, ending] = parted(name);
    return stem.substr(0, longest_name - std::min(ending.size(), longest_name)) + ending.substr(0, longest_name);
}

std::string free_name(const std::string& name, int attempt, Instant now) {
    if (attempt == 0) return name;
    static const Zone utc("UTC");
    const auto time = utc.local(now);
    auto mark = "." + time.date() + "T" + time.time() + "Z";
    if (attempt > 1) mark += "-" + std::to_string(attempt);
    const auto [stem, ending] = parted(name);
    return stem + mark + ending;
}

}  // namespace gantry::channels
