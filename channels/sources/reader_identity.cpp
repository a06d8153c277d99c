#include "channels/sources/reader_identity.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <random>

#include "channels/sources/file_places.hpp"
#include "engine/base/digest.hpp"

namespace gantry::channels {
namespace {

constexpr std::size_t digits = 16;

std::string random_digits() {
    std::random_device random;
    std::string bytes;
    for (std::size_t i = 0; i < digits / 2; ++i) bytes.push_back(static_cast<char>(random()));
    return hex(bytes);
}

// None: there is no whole one.
std::optional<std::string> identity_in(int file) {
    std::array<char, digits> bytes{};
    const auto got = ::pread(file, bytes.data(), bytes.size(), 0);
    const bool fine = got == static_cast<ssize_t>(digits) && std::all_of(bytes.begin(), bytes.end(), [](char c) {
                          return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                      });
    return fine ? std::optional<std::string>(std::in_place, bytes.data(), bytes.size()) : std::nullopt;
}

bool write_anew(int file, const std::string& identity) {
    return ::ftruncate(file, 0) == 0 && ::lseek(file, 0, SEEK_SET) == 0 && write_all(file, identity + "\n") &&
           ::fsync(file) == 0;
}

}  // namespace

Result<std::optional<std::string>> ReaderIdentity::take() {
    const auto directory = file_.parent_path();
    if (!make_directories(directory)) return io_error();
    Descriptor lock(::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!lock.open()) return io_error();
    if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return std::optional<std::string>();
        return io_error();
    }
    auto identity = identity_in(lock.number());
    if (!identity) {
        identity = random_digits();
        if (!write_anew(lock.number(), *identity) || !sync_directory(directory)) return io_error();
    }
    lock_ = std::move(lock);
    return identity;
}

}  // namespace gantry::channels
