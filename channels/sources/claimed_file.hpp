// A file that belongs to this reader, read as a whole.
#pragma once
#include <sys/stat.h>

#include <cstddef>
#include <filesystem>
#include <string>

#include "channels/sources/file_places.hpp"

namespace gantry::channels {

class ClaimedFile {
  public:
    // Errors: io (it cannot be opened or read, or is no plain file; a link is not followed); net_too_large (more bytes
    // than the limit; nothing was read).
    static Result<ClaimedFile> open(const std::filesystem::path& path, std::size_t limit);

    // Somebody has written to it since it was opened: who does not rename his file into the directory may still have
    // it open.
    bool changed() const;

    std::string bytes;

  private:
    ClaimedFile(Descriptor file, const struct stat& opened) : file_(std::move(file)), opened_(opened) {}
    Descriptor file_;
    struct stat opened_;
};

}  // namespace gantry::channels
