#include "tests/durability/unsynced_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace gantry::durability {
namespace {

// What the model itself cannot do is no finding about the engine.
void require(bool done, const char* what) {
    if (done) return;
    std::perror(what);
    std::abort();
}

}  // namespace

UnsyncedFile::UnsyncedFile(std::string path, Origin origin) : path_(std::move(path)) {
    if (origin == Origin::created) return;
    file_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
    if (file_ < 0) file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    require(file_ >= 0 && ::fstat(file_, &status) == 0, "volatile disk: open");
    size_ = real_size_ = real_length_ = status.st_size;
}

void UnsyncedFile::read_real(char* into, std::int64_t size, std::int64_t at) const {
    std::memset(into, 0, static_cast<std::size_t>(size));
    const auto there = std::min(size, real_size_ - at);
    if (there > 0) require(::pread(file_, into, static_cast<std::size_t>(there), at) >= 0, "volatile disk: read");
}

bool UnsyncedFile::read(char* into, std::int64_t size, std::int64_t at) const {
    read_real(into, size, at);
    for (const auto* layer : {&unwritten_, &unsynced_}) {
        for (auto entry = layer->lower_bound(at / sector_size);
             entry != layer->end() && entry->first * sector_size < at + size; ++entry) {
            const auto begin = entry->first * sector_size;
            const auto from = std::max(begin, at), to = std::min(begin + sector_size, at + size);
            std::memcpy(into + (from - at), entry->second.data() + (from - begin), static_cast<std::size_t>(to - from));
        }
    }
    if (at + size <= size_) return true;
    const auto there = std::max<std::int64_t>(size_ - at, 0);
    std::memset(into + there, 0, static_cast<std::size_t>(size - there));
    return false;
}

UnsyncedFile::Sector& UnsyncedFile::sector(std::int64_t number) {
    const auto found = unsynced_.find(number);
    if (found != unsynced_.end()) return found->second;
    Sector bytes;
    read(bytes.data(), sector_size, number * sector_size);
    return unsynced_.emplace(number, bytes).first->second;
}

void UnsyncedFile::write(const char* from, std::int64_t size, std::int64_t at) {
    for (std::int64_t done = 0; done < size;) {
        const auto number = (at + done) / sector_size, offset = (at + done) % sector_size;
        const auto part = std::min(sector_size - offset, size - done);
        std::memcpy(sector(number).data() + offset, from + done, static_cast<std::size_t>(part));
        unwritten_.erase(number);
        done += part;
    }
    size_ = std::max(size_, at + size);
}

void UnsyncedFile::truncate(std::int64_t size) {
    size_ = size;
    real_size_ = std::min(real_size_, size);
    for (auto* layer : {&unsynced_, &unwritten_}) {
        layer->erase(layer->lower_bound((size + sector_size - 1) / sector_size), layer->end());
        const auto last = layer->find(size / sector_size);
        if (last != layer->end()) std::fill(last->second.begin() + size % sector_size, last->second.end(), '\0');
    }
}

void UnsyncedFile::enter_directory() {
    if (file_ >= 0) return;
    const auto aside = path_ + "-new";
    file_ = ::open(aside.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    require(file_ >= 0 && ::rename(aside.c_str(), path_.c_str()) == 0, "volatile disk: create");
    real_size_ = real_length_ = 0;
}

void UnsyncedFile::cut_real() {
    if (real_length_ <= real_size_) return;
    require(::ftruncate(file_, real_size_) == 0, "volatile disk: truncate");
    real_length_ = real_size_;
}

void UnsyncedFile::store(std::int64_t number, const Sector& bytes, std::int64_t size) {
    const auto at = number * sector_size;
    size = std::min(size, size_ - at);
    if (size <= 0) return;
    require(::pwrite(file_, bytes.data(), static_cast<std::size_t>(size), at) == size, "volatile disk: write");
    real_size_ = std::max(real_size_, at + size);
    real_length_ = std::max(real_length_, real_size_);
}

void UnsyncedFile::sync(Random& random) {
    enter_directory();
    cut_real();
    std::vector<std::int64_t> order;
    for (const auto& [number, bytes] : unsynced_) order.push_back(number);
    std::shuffle(order.begin(), order.end(), random);
    for (const auto number : order) store(number, unsynced_.at(number), sector_size);
    unsynced_.clear();
    if (real_length_ < size_) require(::ftruncate(file_, size_) == 0, "volatile disk: extend");
    real_size_ = real_length_ = size_;
}

std::size_t UnsyncedFile::spill(Random& random) {
    if (unsynced_.empty() || (file_ < 0 && random() % 8 != 0)) return 0;
    enter_directory();
    cut_real();
    const auto first = unsynced_.begin()->first, last = unsynced_.rbegin()->first;
    std::size_t spilled = 0;
    for (auto tries = random() % 8; tries > 0; --tries, ++spilled) {
        auto found = unsynced_.lower_bound(first + static_cast<std::int64_t>(random()) % (last - first + 1));
        const bool torn = random() % 4 == 0;
        store(found->first, found->second, torn ? static_cast<std::int64_t>(random()) % sector_size : sector_size);
    }
    return spilled;
}

void UnsyncedFile::forget_to_write(Random& random) {
    if (file_ >= 0) cut_real();
    for (const auto& [number, bytes] : unsynced_) {
        if (file_ >= 0 && random() % 2 == 0) store(number, bytes, sector_size);
    }
    unsynced_.merge(unwritten_);
    unwritten_ = std::move(unsynced_);
    unsynced_.clear();
}

}  // namespace gantry::durability
