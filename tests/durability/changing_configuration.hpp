// A configuration that is never the same twice: what an analyst may do to it while messages come in.
#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "tests/durability/engine_process.hpp"

namespace gantry::durability {

class ChangingConfiguration {
  public:
    // source: the tree whose channel, mappings and tables are copied. ports: two that are free, for a channel that
    // moves.
    ChangingConfiguration(const std::filesystem::path& source, std::filesystem::path directory, std::uint16_t first,
                          std::uint16_t second);

    const std::filesystem::path& directory() const { return directory_; }

    // The files as they are at the nth change, from 1. False: they have a mistake, and must be refused.
    bool change(unsigned n);
    // Both names of the channel that is renamed, so that the queue of each is worked off.
    void settle(unsigned n);

  private:
    void write_channels(unsigned n, bool both);
    void touch(const char* file, unsigned n);

    std::filesystem::path directory_;
    std::uint16_t ports_[2];
};

}  // namespace gantry::durability
