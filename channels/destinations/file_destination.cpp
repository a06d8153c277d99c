#include "channels/destinations/file_destination.hpp"

#include <unistd.h>

#include <system_error>

#include "engine/base/durable_file.hpp"

namespace gantry::channels {

namespace {

const settings::Schema<FileBatchOptions>& batch_schema() {
    static const auto schema =
        settings::Schema<FileBatchOptions>("batch", "Several HL7 messages in one file, in the envelope of a batch.")
            .option("messages", &FileBatchOptions::messages,
                    "so many in a file, at most; 1: each message is a file of its own, as it is")
            .range(1, 1000)
            .option("wait", &FileBatchOptions::wait,
                    "what has waited so long since it came leaves, however few they are")
            .range(std::chrono::seconds(0), std::chrono::hours(24))
            .option("file", &FileBatchOptions::file, "FHS and FTS around BHS and BTS");
    return schema;
}

}  // namespace

const settings::Schema<FileOptions>& file_schema() {
    static const auto schema =
        settings::Schema<FileOptions>("file", "One file per message in a directory, never half written.")
            .option("directory", &FileOptions::directory, "where; relative to the data directory")
            .required()
            .example("\"outbox\"")
            .option("extension", &FileOptions::extension, "end of each file's name")
            .option("name", &FileOptions::name,
                    "each file's name before that: text, {id} (the delivery's number, needed) and places of the "
                    "message")
            .example("\"{PID-3.1}_{MSH-10}_{id}\"")
            .check([](const FileOptions& all) -> std::string {
                const auto wrong = FileName::wrong(all.name);
                if (!wrong.empty() || all.batch.messages == 1) return wrong;
                return "goes without batch: the name of a file with several messages is the number of the first";
            })
            .object("batch", &FileOptions::batch, batch_schema(), "several messages in one file")
            .object("sftp", &FileOptions::sftp, sftp::schema(),
                    "the directory is of this server, relative to where its user's login leads")
            .check([](const FileOptions& all) -> std::string {
                return all.batch.messages > 1
                           ? "goes without batch: several messages in one file are written to local directories only"
                           : "";
            });
    return schema;
}

FileDestination::FileDestination(const FileOptions& options, const std::filesystem::path& base)
    : directory_(base / options.directory),
      name_(options.name, options.extension),
      batches_(directory_, options.extension, options.batch.file) {}

runtime::Destination::Answer FileDestination::deliver(const store::DeliveryWork& work) {
    const auto name = name_.of(work);
    const auto aside = directory_ / ("." + name + ".part"), final_name = directory_ / name;
    if (make_directories(directory_) && write_synced(aside, work.payload) &&
        ::rename(aside.c_str(), final_name.c_str()) == 0 && sync_directory(directory_))
        return {Verdict::delivered, {}};
    const auto reason = std::generic_category().message(errno);
    ::unlink(aside.c_str());  // a full disk needs the room
    return {Verdict::retry, "the file could not be written: " + reason};
}

}  // namespace gantry::channels
