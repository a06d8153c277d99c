// One file on the volatile disk: the real file holds what is durable, this object what is not yet.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <random>
#include <string>

namespace gantry::durability {

using Random = std::minstd_rand;

// Not thread-safe. The real file stays open until the process ends: closing it would drop SQLite's locks on it.
class UnsyncedFile {
  public:
    // A file that exists is opened; one that does not is only remembered, and gets its name in the directory with the
    // first sync, or before; whatever had that name is gone then.
    enum class Origin { existing, created };
    UnsyncedFile(std::string path, Origin origin);

    const std::string& path() const { return path_; }
    std::int64_t size() const { return size_; }
    // What lies beyond the end is zeros. False: fewer bytes than asked for.
    bool read(char* into, std::int64_t size, std::int64_t at) const;
    void write(const char* from, std::int64_t size, std::int64_t at);
    void truncate(std::int64_t size);

    // Its name is durable when it returns.
    void enter_directory();
    // Everything is durable when it returns; sector by sector in an order of its own.
    void sync(Random& random);
    // Some of it becomes durable, as a system does on its own. Answers how many sectors, whole or torn.
    std::size_t spill(Random& random);
    // A sync failed: a system then believes that everything was written, and never tries again.
    void forget_to_write(Random& random);

  private:
    static constexpr std::int64_t sector_size = 512;
    using Sector = std::array<char, sector_size>;

    Sector& sector(std::int64_t number);
    void read_real(char* into, std::int64_t size, std::int64_t at) const;
    void store(std::int64_t number, const Sector& bytes, std::int64_t size);
    void cut_real();

    std::string path_;
    int file_ = -1;  // -1: its name is not in the directory
    std::int64_t size_ = 0;
    std::int64_t real_size_ = 0;  // so much of the real file is of this one; less than its length: cut, not yet durable
    std::int64_t real_length_ = 0;
    std::map<std::int64_t, Sector> unsynced_, unwritten_;  // unwritten: lost by a sync that failed
};

}  // namespace gantry::durability
