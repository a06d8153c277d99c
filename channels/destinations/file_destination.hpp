// Destination `file`: one file per message, complete or not there at all (written aside, synced, renamed). A delivery
// that is repeated writes the same name again, so a crash between writing and recording it makes no second file.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "engine/runtime/ports.hpp"
#include "engine/settings/schema.hpp"
#include "engine/sftp/ssh_command.hpp"

namespace gantry::channels {

struct FileOptions {
    std::string directory = "outbox";
    std::string extension = ".hl7";
    std::optional<sftp::Options> sftp = std::nullopt;  // directory is of this server (sftp_destination.hpp)
};
const settings::Schema<FileOptions>& file_schema();

class FileDestination final : public runtime::Destination {
  public:
    // base: what a relative directory is relative to (the data directory).
    FileDestination(const FileOptions& options, const std::filesystem::path& base);
    Answer deliver(const store::DeliveryWork& work) override;

  private:
    std::filesystem::path directory_;
    std::string extension_;
};

}  // namespace gantry::channels
