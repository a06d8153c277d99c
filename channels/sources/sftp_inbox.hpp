// Files in a directory of an SFTP server.
//
//   DIRECTORY/NAME  --rename-->  DIRECTORY/.CHANNEL.READER.reading/NAME.MARK  --rename-->  archive/NAME, error/NAME
//
// READER is this installation (reader_identity.hpp), MARK is random for each claim. So of several installations whose
// rename of one file succeeds has it, and none sees what another has claimed; no claim can come in the place of another
// one, not even one that the server carries out late, after the connection that asked for it was lost.
//
// What was asked for last when a connection is lost may have been done or not. Nothing is concluded from that: the next
// connection looks. Per step, when the connection, the server or this program ends in the middle of it:
//   claim     the file has its old name, or is among the claimed() and is read next
//   read      it is claimed, and read again; nothing was submitted
//   submit    its messages do not need the connection; a program that is killed reads the file again from its beginning
//             (or gives it to error), and what was committed is known by its control id
//   changed   asked again over the next connection, until it is answered
//   archive   it is claimed, and moved or removed over the next connection; or it is gone from there, and that is done.
//             A server that ends between linking and unlinking (OpenSSH's rename) leaves both names: then the file is
//             archived a second time, under another name, but not read again unless this program ended too
//   refuse    NAME.error is there without its file, which follows over the next connection
//
// What another installation has claimed stays with it: it may be in the middle of it, and nothing here can tell. When
// it is gone for good, a person moves its files back.
//
// Claims need a rename that fails when the file has gone: posix-rename@openssh.com is that, and atomic; servers without
// it are asked for a plain rename. archive and error must be on the file system of the directory.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>

#include "channels/sources/file_inbox.hpp"
#include "channels/sources/reader_identity.hpp"
#include "channels/sources/settled_files.hpp"
#include "engine/sftp/session.hpp"

namespace gantry::channels {

class SftpInbox final : public FileInbox {
  public:
    struct Server {
        std::vector<std::string> command;  // as Session::open() takes it
        sftp::Session::Waits waits;
    };
    struct Places {
        std::string directory, archive, error, replies;  // of the server; archive, replies: empty, there is none
    };
    // identity: the file of this reader. interval: between two looks; a server that cannot be reached is tried again
    // after twice as many of them each time, up to a minute. clock must outlive it.
    SftpInbox(Server server, Places places, std::string reader, WatchRules rules, std::filesystem::path identity,
              std::chrono::milliseconds interval, const Clock& clock);

    Result<Entered> enter() override;
    bool entered_anew() const override { return anew_; }
    void leave() override;
    Result<std::vector<std::string>> claimed() override;
    Result<std::vector<std::string>> look(Instant now) override;
    std::size_t left_elsewhere() const override { return left_elsewhere_; }
    Result<std::optional<std::string>> claim(const std::string& name) override;
    Result<void> give_back(const std::string& claimed) override;
    Result<std::string> read(const std::string& claimed, std::size_t limit) override;
    Result<bool> changed(const std::string& claimed) override;
    Result<void> archive(const std::string& claimed, Instant now) override;
    Result<void> refuse(const std::string& claimed, const std::string& report, Instant now) override;
    Result<void> answer(const std::string& claimed, const std::string& acknowledgments, Instant now) override;

  private:
    enum class Moved : std::uint8_t { done, taken, gone };

    Result<void> connect();
    Result<void> open_session();
    Result<void> prepare();
    Result<std::vector<sftp::Entry>> entries_of(const std::string& directory);
    FileListing files_among(const std::vector<sftp::Entry>& entries, Instant now) const;
    std::int64_t changed_at(const sftp::Attributes& attributes) const;
    bool is_left(const sftp::Entry& entry, Instant now) const;
    Result<void> look_at_others(const std::vector<sftp::Entry>& entries, Instant now);
    Result<Moved> move(const std::string& from, const std::string& to);
    Result<Moved> write_new(const std::string& to, std::string_view content);
    Result<bool> holds(const std::string& path, std::string_view content);
    Result<void> move_into(const std::string& claimed, const std::string& directory, Instant now,
                           const std::string& beside);
    template <class Try>
    Result<void> under_a_free_name(const std::string& directory, const std::string& name, Instant now,
                                   const Try& attempt);
    std::string claimed_path(const std::string& claimed) const;

    const Server server_;
    const Places places_;
    const std::string reader_;
    const WatchRules rules_;
    const std::chrono::milliseconds interval_;
    const Clock& clock_;
    ReaderIdentity identity_;
    std::string working_;  // once entered
    std::string aside_;    // what a connection that ended may have left
    std::unique_ptr<sftp::Session> session_;
    bool prepared_ = false, first_ = false, anew_ = false;
    std::int64_t ahead_ = 0;  // microseconds, at least, that the clock of the server's files is ahead of ours
    SettledFiles settled_;
    sftp::Attributes read_;  // of the file that was read last
    std::size_t left_elsewhere_ = 0;
    int failures_ = 0, passes_ = 0;  // connections that failed one after the other; tries to leave out
    std::optional<Error> why_;       // of the last of them
};

}  // namespace gantry::channels
