// Source `file`: HL7 v2 in files that others put into a directory, of this machine or of an SFTP server.
//
// A file that is old enough and has stopped growing is claimed by a rename (watched_directory.hpp, sftp_inbox.hpp),
// read, and its messages submitted one after the other on one lane: a plain message, several, a batch, frames of MLLP.
// Then
//   every message was accepted            the file goes to `archive`, or is deleted
//   one was not, or the file is no whole  it goes to `error`, with NAME.error beside it that says what and why; the
//                                         messages that were accepted stay so
//   one could not be stored               it stays claimed and goes on with that message after `interval`; nothing else
//                                         is read meanwhile
//   it cannot be put away                 the same
//   it was written to meanwhile           it is read again
//   the engine was stopped, or killed     it is read again from its beginning, or goes to `error`, as `interrupted`
//                                         says. A message that was taken before is a duplicate then, by its control id
//                                         and content, and changes nothing; one without a control id is taken again.
//
// One thread per source; it blocks on nothing but the file system, the server (with
// deadlines) and its own waiting. Names of files are in no event:
// they may be those of patients.
#pragma once
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "channels/sources/settled_files.hpp"
#include "engine/base/events.hpp"
#include "engine/runtime/current_mapper.hpp"
#include "engine/settings/schema.hpp"
#include "engine/sftp/ssh_command.hpp"

namespace gantry::channels {

struct Bell;
class FileInbox;
class FileReader;

struct FileSourceOptions {
    enum class Interrupted : std::uint8_t { read_again, error };
    std::string directory = "inbox";
    std::string pattern = "*.hl7";
    std::chrono::milliseconds interval = std::chrono::seconds(1);
    std::chrono::milliseconds min_age = std::chrono::seconds(2);
    WatchRules::Order order = WatchRules::Order::name;
    std::string archive, error, replies;
    std::optional<sftp::Options> sftp;  // directory, archive, error and replies are of this server
    Interrupted interrupted = Interrupted::read_again;
    settings::ByteSize max_file{64u << 20}, max_message{16u << 20};
    std::size_t in_flight = 1;
};
const settings::Schema<FileSourceOptions>& file_source_schema();

class FileSource final : public runtime::Source {
  public:
    // data: what relative directories are relative to. intake, clock and sink must outlive it. ssh: the command that
    // speaks SFTP; empty: that of the options.
    FileSource(ConfigName channel, const FileSourceOptions& options, const std::filesystem::path& data,
               runtime::Intake& intake, std::shared_ptr<const runtime::CurrentMapper> mapper, const Clock& clock,
               events::Sink& sink, const std::vector<std::string>& ssh = {});
    // Ends as after stop(), and waits for it: for the message that is under way.
    ~FileSource() override;

    // Never fails for the directory: it is looked for again until it is there. A relative one is made.
    Result<void> start() override;
    Result<void> take_over(runtime::Source& before) override;
    // Finishes the file that was begun.
    void retire() override;
    // The message that is under way is the last one. A server that does not answer is waited for as its options say.
    void stop() override;
    std::string place() const override;

  private:
    void run();

    const FileSourceOptions options_;
    const std::filesystem::path directory_;  // of this machine
    events::Sink& sink_;
    const ConfigName channel_;
    std::shared_ptr<Bell> bell_;
    std::unique_ptr<FileReader> reader_;  // of the thread, once it has started
    std::thread thread_;
};

}  // namespace gantry::channels
