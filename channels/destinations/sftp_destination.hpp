// Destination `file` with `sftp`: one file per message in a directory of an SFTP server, complete or not there at all.
//
// A file is written under a name that nobody else uses (.ID.hl7.MARK.part; MARK is random for each attempt), synced
// where the server offers it, and renamed to ID.hl7, in the place of what an earlier attempt may have put there. When
// the connection ends
//   before the rename was sent   nothing has arrived: tried again; what is left aside is removed over the next
//   connection after that                   the next connection looks, at once: where the file aside has gone, it was
//   renamed, and
//                                is delivered, even if its reader has taken it away; where it is there, it was not
//   and nobody can look          in doubt; the next attempt of this object for the same delivery looks first
// A rename that the server carries out late, after its connection was lost, moves a whole file to the right name.
//
// One connection per object, opened when it is needed and kept.
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "channels/destinations/file_destination.hpp"
#include "engine/sftp/whole_file.hpp"

namespace gantry::channels {

class SftpDestination final : public runtime::Destination {
  public:
    // options: with sftp. ssh: the command that speaks SFTP; empty: that of the options.
    explicit SftpDestination(const FileOptions& options, const std::vector<std::string>& ssh = {});
    Answer deliver(const store::DeliveryWork& work) override;
    void interrupt() override { interrupt_.ring(); }

  private:
    // What an attempt left behind when its connection ended. renaming: its rename was sent.
    struct Left {
        DeliveryId delivery;
        std::string aside;
        bool renaming = false;
    };
    Answer attempt(const store::DeliveryWork& work);
    std::optional<Answer> connect();
    std::optional<Answer> clear(DeliveryId delivery);
    Answer write(const store::DeliveryWork& work);
    sftp::Written write_into_place(const std::string& aside, const std::string& to, const std::string& payload);
    Answer ended(const Left& left, const Error& why);

    const std::string directory_;
    const FileName name_;
    const std::vector<std::string> command_;
    const sftp::Session::Waits waits_;
    sftp::Interrupt interrupt_;
    std::unique_ptr<sftp::Session> session_;
    std::deque<Left> left_;
};

}  // namespace gantry::channels
