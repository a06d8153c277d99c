#include "channels/sources/file_source.hpp"

#include <pthread.h>

#include <system_error>

#include "channels/sources/file_reader.hpp"
#include "channels/sources/local_inbox.hpp"
#include "channels/sources/sftp_inbox.hpp"

namespace gantry::channels {
namespace {

std::filesystem::path normal(const std::string& directory) {
    return (std::filesystem::path(directory) / "").lexically_normal();
}

// What is put into the directory itself would be read again, or hide among what is read.
auto elsewhere(std::string FileSourceOptions::*member) {
    return [member](const FileSourceOptions& options) {
        const bool same = !(options.*member).empty() && normal(options.*member) == normal(options.directory);
        return std::string(same ? "it must not be the directory that is read" : "");
    };
}

std::filesystem::path placed(const std::filesystem::path& data, const std::string& directory) {
    return directory.empty() ? std::filesystem::path() : data / directory;
}

std::string error_of(const FileSourceOptions& options) {
    return options.error.empty() ? sftp::joined(options.directory, "error") : options.error;
}

std::unique_ptr<FileInbox> make_inbox(const std::string& channel, const FileSourceOptions& options,
                                      const std::filesystem::path& data, const Clock& clock,
                                      const std::vector<std::string>& ssh) {
    const WatchRules rules{options.pattern, options.min_age, options.order};
    if (!options.sftp)
        return std::make_unique<LocalInbox>(LocalInbox::Places{data / options.directory, placed(data, options.archive),
                                                               data / error_of(options), placed(data, options.replies)},
                                            channel, rules);
    return std::make_unique<SftpInbox>(
        SftpInbox::Server{ssh.empty() ? ssh_command(*options.sftp) : ssh,
                          {options.sftp->connect_timeout, options.sftp->timeout}},
        SftpInbox::Places{options.directory, options.archive, error_of(options), options.replies}, channel, rules,
        data / "sftp" / (channel + ".reader"), options.interval, clock);
}

}  // namespace

const settings::Schema<FileSourceOptions>& file_source_schema() {
    using Options = FileSourceOptions;
    static const auto schema =
        settings::Schema<Options>("file", "HL7 v2 in files: put away when every message of theirs is committed.")
            .option("directory", &Options::directory, "where files arrive; relative to the data directory, as all")
            .required()
            .example("\"inbox\"")
            .option("pattern", &Options::pattern, "names of files to read, as a shell writes them: * ? [a-z]")
            .check([](const Options& o) { return std::string(o.pattern.empty() ? "at least * is needed" : ""); })
            .option("interval", &Options::interval, "between two looks, and before something is tried again")
            .range(std::chrono::milliseconds(1), std::chrono::hours(24))
            .option("min_age", &Options::min_age,
                    "a file is left alone until so long after its last change, and at least until the next look")
            .range(std::chrono::milliseconds(0), std::chrono::hours(24))
            .option("order", &Options::order, "which of several files comes first: by name, or by time of last change",
                    {{"name", WatchRules::Order::name}, {"time", WatchRules::Order::time}})
            .option("archive", &Options::archive,
                    "where a file goes whose messages were all accepted; not set: it is deleted")
            .example("\"inbox/done\"")
            .check(elsewhere(&Options::archive))
            .option("error", &Options::error,
                    "where a file goes of which something was not accepted, with NAME.error beside it that says why; "
                    "not set: \"error\" in the directory")
            .example("\"inbox/error\"")
            .check(elsewhere(&Options::error))
            .option("replies", &Options::replies,
                    "where NAME.ack is written for each file, with the acknowledgments of its messages; not set: "
                    "nowhere")
            .example("\"inbox/replies\"")
            .check(elsewhere(&Options::replies))
            .object("sftp", &Options::sftp, sftp::schema(),
                    "the directories are of this server, relative to where its user's login leads; archive and error "
                    "on one file system with directory")
            .option("interrupted", &Options::interrupted,
                    "what becomes of a file in the middle of which the engine was stopped. read_again: from its "
                    "beginning, what was taken is known by its control id; error: it goes to error, for a person to "
                    "decide",
                    {{"read_again", Options::Interrupted::read_again}, {"error", Options::Interrupted::error}})
            .option("max_file", &Options::max_file, "a larger file goes to error unread")
            .range(settings::ByteSize{1024}, settings::ByteSize{std::size_t(4) << 30})
            .option("max_message", &Options::max_message, "a longer message is refused")
            .range(settings::ByteSize{1024}, settings::ByteSize{1u << 30})
            .option("in_flight", &Options::in_flight,
                    "messages of a file on their way to the commit at once; with more than one a message may overtake "
                    "another one of its file when the database fails between the two")
            .range(1, 256);
    return schema;
}

FileSource::FileSource(ConfigName channel, const FileSourceOptions& options, const std::filesystem::path& data,
                       runtime::Intake& intake, std::shared_ptr<const runtime::CurrentMapper> mapper,
                       const Clock& clock, events::Sink& sink, const std::vector<std::string>& ssh)
    : options_(options),
      directory_(data / options.directory),
      sink_(sink),
      channel_(std::move(channel)),
      bell_(std::make_shared<Bell>()),
      reader_(std::make_unique<FileReader>(FileReader::Surroundings{channel_, intake, clock, sink},
                                           make_inbox(channel_.text(), options_, data, clock, ssh), std::move(mapper),
                                           options_, bell_)) {}

FileSource::~FileSource() {
    stop();
    if (thread_.joinable()) thread_.join();
}

Result<void> FileSource::start() {
    std::error_code ignored;  // it is looked for again at every look
    if (!options_.sftp && std::filesystem::path(options_.directory).is_relative())
        std::filesystem::create_directories(directory_, ignored);
    try {
        thread_ = std::thread([this] { run(); });
        pthread_setname_np(thread_.native_handle(), "file source");
    } catch (const std::system_error&) {
        return Error{ErrorCode::overloaded, "no further thread can be started", {}};
    }
    return {};
}

// Nothing to hand over: who comes second waits for the directory.
Result<void> FileSource::take_over(runtime::Source&) {
    return start();
}

void FileSource::retire() {
    bell_->ring([this] { bell_->retired = true; });
}

void FileSource::stop() {
    bell_->ring([this] { bell_->retired = bell_->stopped = true; });
}

std::string FileSource::place() const {
    return options_.sftp ? place_of(*options_.sftp, options_.directory) : directory_.string();
}

// What is thrown is lack of memory; the file that was begun stays claimed and is read at the next look.
void FileSource::run() {
    do {
        try {
            reader_->look();
        } catch (const std::exception&) {
            events::emit(sink_, "file_source_failed", events::Level::error,
                         "files could not be read for lack of memory; they are tried again", {{"channel", channel_}});
        }
    } while (bell_->wait(options_.interval));
    reader_->leave();
}

}  // namespace gantry::channels
