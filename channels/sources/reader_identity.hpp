// Who this installation is among those that read a directory of a server, which knows no locks that end with a process.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/durable_file.hpp"
#include "engine/base/result.hpp"

namespace gantry::channels {

// A file of the data directory with 16 random hexadecimal digits, written once. Who holds its lock is the reader; the
// lock is the kernel's and ends with the process. A data directory that is copied takes the identity with it. One
// thread.
class ReaderIdentity {
  public:
    explicit ReaderIdentity(std::filesystem::path file) : file_(std::move(file)) {}

    // The identity; none: another one of this machine holds it. Errors: io.
    Result<std::optional<std::string>> take();
    bool held() const { return lock_.open(); }
    void release() { lock_ = Descriptor(); }

  private:
    const std::filesystem::path file_;
    Descriptor lock_;
};

}  // namespace gantry::channels
