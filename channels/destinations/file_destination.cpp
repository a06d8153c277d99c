#include "channels/destinations/file_destination.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace gantry::channels {
namespace {

// Closes on every way out.
class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }

  private:
    int number_;
};

bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool write_synced(const std::filesystem::path& path, std::string_view bytes) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    return file.number() >= 0 && write_all(file.number(), bytes) && ::fsync(file.number()) == 0;
}

bool sync_directory(const std::filesystem::path& directory) {
    const Descriptor handle(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return handle.number() >= 0 && ::fsync(handle.number()) == 0;
}

}  // namespace

const settings::Schema<FileOptions>& file_schema() {
    static const auto schema =
        settings::Schema<FileOptions>("file", "One file per message in a directory, never half written.")
            .option("directory", &FileOptions::directory, "where; relative to the data directory")
            .required()
            .example("\"outbox\"")
            .option("extension", &FileOptions::extension, "end of each file's name");
    return schema;
}

FileDestination::FileDestination(const FileOptions& options, const std::filesystem::path& base)
    : directory_(base / options.directory), extension_(options.extension) {}

runtime::Destination::Answer FileDestination::deliver(const store::DeliveryWork& work) {
    std::error_code failed;
    std::filesystem::create_directories(directory_, failed);
    const auto name = std::to_string(work.id.value) + extension_;
    const auto aside = directory_ / ("." + name + ".part"), final_name = directory_ / name;
    if (failed || !write_synced(aside, work.payload) || ::rename(aside.c_str(), final_name.c_str()) != 0 ||
        !sync_directory(directory_)) {
        const auto reason = std::generic_category().message(failed ? failed.value() : errno);
        return {Verdict::retry, "the file could not be written: " + reason};
    }
    return {Verdict::delivered, {}};
}

}  // namespace gantry::channels
