// A directory in which others put files, and how they come to one reader only.
//
//   directory/NAME  --claim()-->  directory/.READER.reading/NAME  -->  wherever it goes; what is left there after a
//                                                                      crash comes first the next time
//
// A file is left alone until it is as it was at the look before and is old enough. Two readers of different names share
// the files of a directory: a rename succeeds once. Of two of one name (two engines, or a source and the one that takes
// its place) one reads, and the other waits until it has ended: the lock is the kernel's and ends with the process.
//
// Links, directories, pipes, sockets and devices are not touched. One thread.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "channels/sources/file_places.hpp"

namespace gantry::channels {

struct WatchRules {
    enum class Order : std::uint8_t { name, time };
    std::string pattern = "*.hl7";  // of the shell: * ? [a-z]; * and ? do not stand for a leading dot
    std::chrono::milliseconds min_age{0};
    Order order = Order::name;  // time: that of the last change, then the name
};

class WatchedDirectory {
  public:
    WatchedDirectory(std::filesystem::path directory, const std::string& reader, WatchRules rules);

    // To be called before each look. mine: this object may read. theirs: another one of this name does. Errors of all:
    // io, when the directory is missing, cannot be read or written, or the like; to be tried again.
    enum class Entered : std::uint8_t { mine, theirs };
    Result<Entered> enter();
    // Whether enter() found the lock free this time: what lies claimed was left by an earlier reader.
    bool entered_anew() const { return anew_; }
    void leave();

    // What has been claimed and is still there, in order. As names, like all that follow.
    Result<std::vector<std::string>> claimed() const;
    // What is ready to be claimed, in order. The age is told by the clock, or by how long it has been seen as it is,
    // so that a file from a clock that is ahead is read too.
    Result<std::vector<std::string>> look(Instant now);

    // taken: a file of that name is claimed already; gone: it has vanished, or another reader was faster.
    Result<Moved> claim(const std::string& name);
    // The opposite.
    Result<Moved> give_back(const std::string& name);
    std::filesystem::path place_of(const std::string& claimed_name) const { return working_ / claimed_name; }

  private:
    struct Seen {
        std::uint64_t file = 0, size = 0;  // its inode, its bytes
        std::int64_t changed = 0;          // microseconds since 1970
        Instant since;                     // it has been so
        bool same_as(const Seen& other) const {
            return file == other.file && size == other.size && changed == other.changed;
        }
    };
    using Listing = std::map<std::string, Seen, std::less<>>;
    static Result<Listing> list(const std::filesystem::path& directory, const std::string& pattern, int flags,
                                Instant now);
    bool is_settled(const Seen& seen, Instant now) const;
    std::vector<std::string> ordered(const Listing& files, std::vector<std::string> names) const;

    std::filesystem::path directory_, working_;
    WatchRules rules_;
    Listing seen_;
    Descriptor lock_;
    bool anew_ = false;
};

}  // namespace gantry::channels
