#include "channels/sources/file_reader.hpp"

#include <unistd.h>

#include <cerrno>

namespace gantry::channels {
namespace {

using events::Level;

std::filesystem::path placed(const std::filesystem::path& data, const std::string& directory) {
    return directory.empty() ? std::filesystem::path() : data / directory;
}

// What is wrong with the file as a whole is added to what is wrong with its messages.
FileReport whole_report(const FileContent& content, const FileSubmission& submission) {
    auto report = submission.report();
    if (content.blank()) report.whole("it is empty", "ask its sender what it should have held");
    for (const auto& problem : content.problems())
        report.whole(problem, "ask its sender whether the file is whole, and for what is missing");
    return report;
}

}  // namespace

FileReader::FileReader(Surroundings surroundings, std::shared_ptr<const runtime::CurrentMapper> mapper,
                       FileSourceOptions options, std::shared_ptr<Bell> bell)
    : around_(std::move(surroundings)),
      mapper_(std::move(mapper)),
      options_(std::move(options)),
      archive_(placed(around_.data, options_.archive)),
      error_(options_.error.empty() ? around_.data / options_.directory / "error" : around_.data / options_.error),
      replies_(placed(around_.data, options_.replies)),
      bell_(std::move(bell)),
      watched_(around_.data / options_.directory, around_.channel.text(),
               {options_.pattern, options_.min_age, options_.order}) {}

void FileReader::look() {
    if (!enter()) return;
    const bool anew = watched_.entered_anew();
    const auto claimed = watched_.claimed();
    if (!claimed) return tell(Condition::unusable);
    for (const auto& name : *claimed) {
        if (bell_->is_retired()) return;
        const bool left_behind = anew && options_.interrupted == FileSourceOptions::Interrupted::error;
        if (!(left_behind ? left(name) : read(name))) return;
    }
    const auto ready = watched_.look(around_.clock.now());
    if (!ready) return tell(Condition::unusable);
    tell(Condition::usable);
    for (const auto& name : *ready)
        if (bell_->is_retired() || !take_up(name)) return;
}

bool FileReader::enter() {
    const auto entered = watched_.enter();
    if (!entered) tell(Condition::unusable);
    if (entered && *entered == WatchedDirectory::Entered::theirs) tell(Condition::shared);
    return entered && *entered == WatchedDirectory::Entered::mine;
}

// False, as of all that follow: the look is over.
bool FileReader::take_up(const std::string& name) {
    const auto claimed = watched_.claim(name);
    if (!claimed) {
        tell(Condition::unusable);
        return false;
    }
    return *claimed != Moved::done || read(name);
}

bool FileReader::left(const std::string& name) {
    FileReport report;
    report.whole("the engine ended while it was reading this file, and some of its messages may have been taken",
                 "look in the engine for its messages; put it back to have all of them read, which changes nothing "
                 "for those that were taken and have a control id");
    return refuse(name, report.text(0, 0));
}

bool FileReader::read(const std::string& name) {
    auto file = ClaimedFile::open(watched_.place_of(name), options_.max_file);
    if (!file) return unreadable(name, file.error());
    if (file->changed()) return false;
    const FileContent content(std::move(file->bytes), options_.max_message);
    FileSubmission submission(content,
                              {around_.intake, *mapper_, std::hash<std::string>()(around_.channel.text()),
                               options_.directory, options_.in_flight, !replies_.empty()},
                              bell_);
    if (!submit(submission)) {
        interrupt(name, content, submission);
        return false;
    }
    return !file->changed() && put_away(name, content, submission);
}

bool FileReader::unreadable(const std::string& name, const Error& error) {
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
        return void(watched_.give_back(name));
    auto report = submission.report();
    report.whole("the engine was stopped after message " + std::to_string(submission.stored()),
                 "put it back to have the others read");
    refuse(name, report.text(content.messages().size(), submission.taken()));
}

bool FileReader::put_away(const std::string& name, const FileContent& content, const FileSubmission& submission) {
    const auto answered = [&]() -> Result<void> {
        if (replies_.empty() || content.messages().empty()) return {};
        return write_into(replies_, name + ".ack", content.answer(submission.acknowledgments()), around_.clock.now());
    };
    if (!until_done(answered)) return false;
    const auto report = whole_report(content, submission);
    if (!report.empty()) return refuse(name, report.text(content.messages().size(), submission.taken()));
    const auto place = watched_.place_of(name);
    const auto archived = [&]() -> Result<void> {
        if (!archive_.empty()) return move_into(place, archive_, name, around_.clock.now());
        if (::unlink(place.c_str()) != 0 && errno != ENOENT) return io_error();
        return {};
    };
    if (!until_done(archived)) return false;
    events::emit(around_.sink, "file_taken", Level::debug, "every message of a file was accepted",
                 {{"channel", around_.channel}, {"messages", std::int64_t(content.messages().size())}});
    return true;
}

bool FileReader::refuse(const std::string& name, const std::string& report) {
    if (!until_done([&] { return move_into(watched_.place_of(name), error_, name, around_.clock.now(), report); }))
        return false;
    events::emit(around_.sink, "file_refused", Level::warning,
                 "a file is in the error directory; what is wrong with it stands beside it",
                 {{"channel", around_.channel}});
    return true;
}

// At least once. False: the engine ends; the file stays claimed.
bool FileReader::until_done(const std::function<Result<void>()>& attempt) {
    for (bool told = false;; told = true) {
        if (attempt()) return true;
        if (!told)
            events::emit(around_.sink, "file_not_put_away", Level::error,
                         "a file that was read cannot be moved, deleted or answered: look at the directories of the "
                         "channel; it is tried again, and no further file is read",
                         {{"channel", around_.channel}});
        if (!bell_->wait_although_retired(options_.interval)) return false;
    }
}

// Once for each change.
void FileReader::tell(Condition condition) {
    if (condition == condition_) return;
    const bool first = condition_ == Condition::unknown;
    condition_ = condition;
    if (condition == Condition::unusable)
        return events::emit(around_.sink, "file_directory_unusable", Level::error,
                            "the directory of a channel is missing, or may not be read and written; it is tried again",
                            {{"channel", around_.channel}, {"directory", ConfigName(options_.directory)}});
    if (condition == Condition::shared)
        return events::emit(around_.sink, "file_directory_shared", Level::info,
                            "another one reads the directory for this channel; this one waits for it to end",
                            {{"channel", around_.channel}, {"directory", ConfigName(options_.directory)}});
    if (!first)
        events::emit(around_.sink, "file_directory_usable", Level::info, "the directory of a channel is read again",
                     {{"channel", around_.channel}, {"directory", ConfigName(options_.directory)}});
}

}  // namespace gantry::channels
