// What a file source does at each look: claim, read, submit, put away (file_source.hpp says what becomes of a file).
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "channels/sources/file_inbox.hpp"
#include "channels/sources/file_source.hpp"
#include "channels/sources/file_submission.hpp"

namespace gantry::channels {

// One thread.
class FileReader {
  public:
    struct Surroundings {
        ConfigName channel;
        runtime::Intake& intake;
        const Clock& clock;
        events::Sink& sink;
    };
    FileReader(Surroundings surroundings, std::unique_ptr<FileInbox> inbox,
               std::shared_ptr<const runtime::CurrentMapper> mapper, FileSourceOptions options,
               std::shared_ptr<Bell> bell);

    // Reads what is there. Returns when that is done, when it cannot go on now, or when the bell was stopped. Once it
    // was retired, no further file is begun.
    void look();
    // Gives the directory to who waits for it.
    void leave() { inbox_->leave(); }

  private:
    enum class Condition : std::uint8_t { unknown, usable, shared, away, unusable };

    bool enter();
    void tell_of_others();
    bool take_up(const std::string& name);
    bool left(const std::string& name);
    bool read(const std::string& name);
    bool unreadable(const std::string& name, const Error& error);
    bool submit(FileSubmission& submission);
    void interrupt(const std::string& name, const FileContent& content, const FileSubmission& submission);
    std::optional<bool> changed(const std::string& name);
    bool put_away(const std::string& name, const FileContent& content, const FileSubmission& submission);
    bool refuse(const std::string& name, const std::string& report);
    bool until_done(const std::function<Result<void>()>& attempt);
    bool fails(const Error& error);
    void tell(Condition condition, events::Literal reason = {""});

    const Surroundings around_;
    const std::shared_ptr<const runtime::CurrentMapper> mapper_;
    const FileSourceOptions options_;
    const std::unique_ptr<FileInbox> inbox_;
    const std::shared_ptr<Bell> bell_;
    Condition condition_ = Condition::unknown;
    std::size_t left_elsewhere_ = 0;  // that was told
};

}  // namespace gantry::channels
