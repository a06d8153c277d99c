// A conversation with an SFTP server: what a client may ask for, each with an answer or an end.
//
// An Error (net_closed, net_timeout, io) means that the session is over: what was asked for last may have been done or
// not, also later, and whoever needs to know opens another session and looks. Everything that the server answers, also
// that it cannot, is a value. Paths that do not begin with "/" are found from where the user's login leads.
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/sftp/child.hpp"
#include "engine/sftp/packets.hpp"

namespace gantry::sftp {

template <class T>
struct Answer {
    Status status = Status::ok;
    T value{};  // where status is ok
    bool ok() const { return status == Status::ok; }
};

struct Content {
    std::string bytes;      // none when it is larger than the limit, or no plain file
    Attributes attributes;  // before the first byte was read
    bool within_limit = true;
};

// One thread.
class Session {
  public:
    struct Waits {
        std::chrono::milliseconds connect, answer;  // until the server has let us in; for each answer
    };
    // command: speaks SFTP at its standard input and output (ssh_command()). Errors: net_refused, with the last words
    // of the command; net_timeout; io, the command cannot be started.
    static Result<std::unique_ptr<Session>> open(const std::vector<std::string>& command, Waits waits,
                                                 const Interrupt* interrupt = nullptr);

    // False: it is over.
    bool usable() const { return child_ != nullptr; }
    // The same, once the connection was looked at: a kept one may have ended meanwhile. Does not wait.
    bool is_there();
    bool renames_atomically() const { return version_.offers("posix-rename@openssh.com"); }
    bool syncs() const { return version_.offers("fsync@openssh.com"); }

    Result<Answer<Attributes>> lstat(const std::string& path);
    // At most most_entries of them; names that are no names ("", ".", "..", with a "/") are left out.
    static constexpr std::size_t most_entries = 100'000;
    Result<Answer<std::vector<Entry>>> list(const std::string& directory);
    // The whole file, however many requests it takes. What grows meanwhile is read as far as it was; what is cut, as
    // far as it is.
    Result<Answer<Content>> read(const std::string& path, std::uint64_t limit);
    Result<Status> make_directory(const std::string& path);
    Result<Status> remove(const std::string& path);
    // Not in the place of another file; failure then.
    Result<Status> rename(const std::string& from, const std::string& to);
    // Atomic, in the place of another one; where the server offers it.
    Result<Status> replace(const std::string& from, const std::string& to);

    // The parts of writing a file (whole_file.hpp).
    Result<Answer<Handle>> open_anew(const std::string& path);
    Result<Status> write(const Handle& file, std::string_view content);
    Result<Status> sync(const Handle& file);
    Result<Status> close(const Handle& file);

  private:
    // What was asked for and is not there yet.
    struct Piece {
        std::uint32_t id;
        std::uint64_t offset;
        std::uint32_t length;
    };
    Session(std::unique_ptr<Child> child, Waits waits) : child_(std::move(child)), waits_(waits) {}

    Result<void> greet();
    Result<std::string> packet(Child::Deadline deadline);
    Result<void> ask(std::uint32_t id, const std::string& packet);
    Result<Reply> answer_to(std::uint32_t id);
    Result<Reply> call(std::uint32_t id, const std::string& packet);
    Result<Status> status_of(std::uint32_t id, const std::string& packet);
    template <class T>
    Result<Answer<T>> value_of(std::uint32_t id, const std::string& packet);
    Result<Answer<std::vector<Entry>>> entries_of(const Handle& directory);
    Result<Answer<std::string>> data_of(const Handle& file, std::uint64_t size);
    Result<Status> take_piece(const Handle& file, Piece piece, std::string& into);
    void forget(const std::deque<Piece>& pieces);
    Result<void> close_unasked(const Handle& handle);
    Error over(Error why);
    Error out_of_step();
    std::uint32_t fresh() { return ++last_id_; }

    std::unique_ptr<Child> child_;
    const Waits waits_;
    Version version_;
    PacketReader reader_;
    std::uint32_t last_id_ = 0;
    std::set<std::uint32_t> awaited_, unwanted_;  // asked for; of which the answer means nothing
    std::map<std::uint32_t, Reply> early_;        // that came before those that are waited for
};

}  // namespace gantry::sftp
