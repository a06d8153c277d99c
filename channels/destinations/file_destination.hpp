// Destination `file`: one file per message, complete or not there at all (written aside, synced, renamed). A delivery
// that is repeated writes the same name again, so a crash between writing and recording it makes no second file. Or
// several messages in a file (file_batches.hpp).
#pragma once
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "channels/destinations/file_batches.hpp"
#include "channels/destinations/file_name.hpp"
#include "engine/runtime/ports.hpp"
#include "engine/settings/schema.hpp"
#include "engine/sftp/ssh_command.hpp"

namespace gantry::channels {

struct FileBatchOptions {
    int messages = 1;
    std::chrono::seconds wait{60};
    bool file = true;
};
struct FileOptions {
    std::string directory = "outbox";
    std::string extension = ".hl7";
    FileBatchOptions batch{};
    std::optional<sftp::Options> sftp = std::nullopt;  // directory is of this server (sftp_destination.hpp)
    std::string name = "{id}";                         // file_name.hpp
};
const settings::Schema<FileOptions>& file_schema();

class FileDestination final : public runtime::Destination {
  public:
    // base: what a relative directory is relative to (the data directory).
    FileDestination(const FileOptions& options, const std::filesystem::path& base);
    Answer deliver(const store::DeliveryWork& work) override;
    std::vector<Answer> deliver_together(std::span<const store::DeliveryWork* const> works) override {
        return batches_.write(works);
    }

  private:
    std::filesystem::path directory_;
    FileName name_;
    FileBatches batches_;
};

}  // namespace gantry::channels
