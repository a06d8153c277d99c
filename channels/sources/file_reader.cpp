#include "channels/sources/file_reader.hpp"

#include "engine/sftp/refusal.hpp"

namespace gantry::channels {
namespace {

using events::Level;

// What is wrong with the file as a whole is added to what is wrong with its messages.
FileReport whole_report(const FileContent& content, const FileSubmission& submission) {
    auto report = submission.report();
    if (content.blank()) report.whole("it is empty", "ask its sender what it should have held");
    for (const auto& problem : content.problems())
        report.whole(problem, "ask its sender whether the file is whole, and for what is missing");
    return report;
}

}  // namespace

FileReader::FileReader(Surroundings surroundings, std::unique_ptr<FileInbox> inbox,
                       std::shared_ptr<const runtime::CurrentMapper> mapper, FileSourceOptions options,
                       std::shared_ptr<Bell> bell)
    : around_(std::move(surroundings)),
      mapper_(std::move(mapper)),
      options_(std::move(options)),
      inbox_(std::move(inbox)),
      bell_(std::move(bell)) {}

void FileReader::look() {
    if (!enter()) return;
    const bool anew = inbox_->entered_anew();
    const auto claimed = inbox_->claimed();
    if (!claimed) return void(fails(claimed.error()));
    for (const auto& name : *claimed) {
        if (bell_->is_retired()) return;
        const bool left_behind = anew && options_.interrupted == FileSourceOptions::Interrupted::error;
        if (!(left_behind ? left(name) : read(name))) return;
    }
    const auto ready = inbox_->look(around_.clock.now());
    if (!ready) return void(fails(ready.error()));
    tell(Condition::usable);
    tell_of_others();
    for (const auto& name : *ready)
        if (bell_->is_retired() || !take_up(name)) return;
}

// Once, until there are none.
void FileReader::tell_of_others() {
    const auto left = inbox_->left_elsewhere();
    if (left > 0 && left_elsewhere_ == 0)
        events::emit(around_.sink, "file_left_elsewhere", Level::warning,
                     "another installation has claimed files of this channel and not touched them for an hour; when it "
                     "is gone for good, move them back into the directory",
                     {{"channel", around_.channel}, {"files", std::int64_t(left)}});
    left_elsewhere_ = left;
}

bool FileReader::enter() {
    const auto entered = inbox_->enter();
    if (!entered) return fails(entered.error());
    if (*entered == FileInbox::Entered::theirs) tell(Condition::shared);
    return *entered == FileInbox::Entered::mine;
}

// False, as of all that follow: the look is over.
bool FileReader::take_up(const std::string& name) {
    const auto claimed = inbox_->claim(name);
    if (!claimed) return fails(claimed.error());
    return !*claimed || read(**claimed);
}

bool FileReader::left(const std::string& name) {
    FileReport report;
    report.whole("the engine ended while it was reading this file, and some of its messages may have been taken",
                 "look in the engine for its messages; put it back to have all of them read, which changes nothing "
                 "for those that were taken and have a control id");
    return refuse(name, report.text(0, 0));
}

bool FileReader::read(const std::string& name) {
    auto bytes = inbox_->read(name, options_.max_file);
    if (!bytes) return unreadable(name, bytes.error());
    const auto before = inbox_->changed(name);
    if (!before) return fails(before.error());
    if (*before) return false;
    const FileContent content(std::move(*bytes), options_.max_message);
    FileSubmission submission(content,
                              {around_.intake, *mapper_, std::hash<std::string>()(around_.channel.text()),
                               options_.directory, options_.in_flight, !options_.replies.empty()},
                              bell_);
    if (!submit(submission)) {
        interrupt(name, content, submission);
        return false;
    }
    return changed(name) == false && put_away(name, content, submission);
}

// None: the engine ends.
std::optional<bool> FileReader::changed(const std::string& name) {
    std::optional<bool> out;
    const auto asked = [&]() -> Result<void> {
        const auto changed = inbox_->changed(name);
        if (!changed) return changed.error();
        out = *changed;
        return {};
    };
    return until_done(asked) ? out : std::nullopt;
}

bool FileReader::unreadable(const std::string& name, const Error& error) {
    if (sftp::is_away(error)) return fails(error);
    FileReport report;
    if (error.code == ErrorCode::net_too_large)
        report.whole("it is larger than max_file (" + settings::to_string(options_.max_file) + ")",
                     "raise the limit if the sender is right, and put it back");
    else
        report.whole("it cannot be read: " + error.detail, "check its permissions, and put it back");
    return refuse(name, report.text(0, 0));
}

// False: the engine ends.
bool FileReader::submit(FileSubmission& submission) {
    using End = FileSubmission::End;
    for (bool told = false;; told = true) {
        const auto end = submission.run(around_.clock.now());
        if (end != End::not_stored) return end == End::stored;
        if (!told)
            events::emit(around_.sink, "file_waits", Level::warning,
                         "a message of a file cannot be stored now; it is tried again, and what comes after it waits",
                         {{"channel", around_.channel}});
        if (!bell_->wait_although_retired(options_.interval)) return false;
    }
}

// What nobody has seen anything of is as it was before.
void FileReader::interrupt(const std::string& name, const FileContent& content, const FileSubmission& submission) {
    if (options_.interrupted == FileSourceOptions::Interrupted::read_again || submission.stored() == 0)
        return void(inbox_->give_back(name));
    auto report = submission.report();
    report.whole("the engine was stopped after message " + std::to_string(submission.stored()),
                 "put it back to have the others read");
    refuse(name, report.text(content.messages().size(), submission.taken()));
}

bool FileReader::put_away(const std::string& name, const FileContent& content, const FileSubmission& submission) {
    const auto answered = [&]() -> Result<void> {
        if (options_.replies.empty() || content.messages().empty()) return {};
        return inbox_->answer(name, content.answer(submission.acknowledgments()), around_.clock.now());
    };
    if (!until_done(answered)) return false;
    const auto report = whole_report(content, submission);
    if (!report.empty()) return refuse(name, report.text(content.messages().size(), submission.taken()));
    if (!until_done([&] { return inbox_->archive(name, around_.clock.now()); })) return false;
    events::emit(around_.sink, "file_taken", Level::debug, "every message of a file was accepted",
                 {{"channel", around_.channel}, {"messages", std::int64_t(content.messages().size())}});
    return true;
}

bool FileReader::refuse(const std::string& name, const std::string& report) {
    if (!until_done([&] { return inbox_->refuse(name, report, around_.clock.now()); })) return false;
    events::emit(around_.sink, "file_refused", Level::warning,
                 "a file is in the error directory; what is wrong with it stands beside it",
                 {{"channel", around_.channel}});
    return true;
}

// At least once. False: the engine ends; the file stays claimed.
bool FileReader::until_done(const std::function<Result<void>()>& attempt) {
    for (bool told = false;; told = true) {
        const auto done = attempt();
        if (done) return true;
        if (sftp::is_away(done.error()))
            fails(done.error());
        else if (!told)
            events::emit(around_.sink, "file_not_put_away", Level::error,
                         "a file that was read cannot be moved, deleted or answered: look at the directories of the "
                         "channel; it is tried again, and no further file is read",
                         {{"channel", around_.channel}});
        if (!bell_->wait_although_retired(options_.interval)) return false;
    }
}

// Always false.
bool FileReader::fails(const Error& error) {
    if (sftp::is_away(error))
        tell(Condition::away, sftp::reason_of(error));
    else
        tell(Condition::unusable);
    return false;
}

// Once for each change.
void FileReader::tell(Condition condition, events::Literal reason) {
    if (condition == condition_) return;
    const bool first = condition_ == Condition::unknown;
    condition_ = condition;
    if (condition == Condition::unusable)
        return events::emit(around_.sink, "file_directory_unusable", Level::error,
                            "the directory of a channel is missing, or may not be read and written; it is tried again",
                            {{"channel", around_.channel}, {"directory", ConfigName(options_.directory)}});
    if (condition == Condition::away)
        return events::emit(
            around_.sink, "file_server_away", Level::error,
            "the server with the directory of a channel cannot be reached; it is tried again",
            {{"channel", around_.channel}, {"directory", ConfigName(options_.directory)}, {"reason", reason}});
    if (condition == Condition::shared)
        return events::emit(around_.sink, "file_directory_shared", Level::info,
                            "another one reads the directory for this channel; this one waits for it to end",
                            {{"channel", around_.channel}, {"directory", ConfigName(options_.directory)}});
    if (!first)
        events::emit(around_.sink, "file_directory_usable", Level::info, "the directory of a channel is read again",
                     {{"channel", around_.channel}, {"directory", ConfigName(options_.directory)}});
}

}  // namespace gantry::channels
