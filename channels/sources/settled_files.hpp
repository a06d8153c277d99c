// Which files of a directory are ready to be read, told from what its looks see. Pure.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"

namespace gantry::channels {

struct WatchRules {
    enum class Order : std::uint8_t { name, time };
    std::string pattern = "*.hl7";  // of the shell: * ? [a-z]; * and ? do not stand for a leading dot
    std::chrono::milliseconds min_age{0};
    Order order = Order::name;  // time: that of the last change, then the name
};

struct SeenFile {
    std::uint64_t file = 0, size = 0;  // which one it is (its inode, where that is known), its bytes
    std::int64_t changed = 0;          // microseconds since 1970
    Instant since;                     // it has been so
    bool same_as(const SeenFile& other) const {
        return file == other.file && size == other.size && changed == other.changed;
    }
};
using FileListing = std::map<std::string, SeenFile, std::less<>>;

class SettledFiles {
  public:
    explicit SettledFiles(WatchRules rules) : rules_(std::move(rules)) {}

    // Whether a name is one that is looked for.
    bool wants(const std::string& name) const;
    // files: what is there now. Those that are as they were at the look before and are old enough, in order. The age is
    // told by the clock, or by how long it has been seen as it is, so that a file from a clock that is ahead is read
    // too.
    std::vector<std::string> look(FileListing files, Instant now);
    // All of them, in order.
    std::vector<std::string> ordered(const FileListing& files) const;
    void forget() { seen_.clear(); }

  private:
    bool is_settled(const SeenFile& seen, Instant now) const;
    std::vector<std::string> ordered(const FileListing& files, std::vector<std::string> names) const;

    const WatchRules rules_;
    FileListing seen_;
};

}  // namespace gantry::channels
