// The parts of writing a file so that it is there after a power cut: its bytes synced, and its name. Each call that
// fails leaves the reason in errno.
#pragma once
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <utility>

namespace gantry {

// Owns a file descriptor. Closes it on every way out, which leaves errno as it was.
class Descriptor {
  public:
    explicit Descriptor(int number = -1) : number_(number) {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    int number() const { return number_; }
    bool open() const { return number_ >= 0; }

  private:
    int number_;
};

// All bytes, however many calls it takes.
bool write_all(int file, std::string_view bytes);
// A file of these bytes, in place of what had the name; not through a symbolic link. True: the bytes are on disk, the
// name is when sync_directory() was called.
bool write_synced(const std::filesystem::path& path, std::string_view bytes);
// The names in it are on disk.
bool sync_directory(const std::filesystem::path& directory);
// With all above it that are missing, and on disk. True also when it is there.
bool make_directories(const std::filesystem::path& directory);

}  // namespace gantry
