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
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "channels/sources/file_places.hpp"
#include "channels/sources/settled_files.hpp"

namespace gantry::channels {

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
    // What is ready to be claimed, in order (settled_files.hpp).
    Result<std::vector<std::string>> look(Instant now);

    // taken: a file of that name is claimed already; gone: it has vanished, or another reader was faster.
    Result<Moved> claim(const std::string& name);
    // The opposite.
    Result<Moved> give_back(const std::string& name);
    std::filesystem::path place_of(const std::string& claimed_name) const { return working_ / claimed_name; }

  private:
    std::filesystem::path directory_, working_;
    SettledFiles settled_;
    Descriptor lock_;
    bool anew_ = false;
};

}  // namespace gantry::channels
