// Files of a server that come into being whole: written aside, synced where the server offers it, renamed.
#pragma once
#include <string>
#include <string_view>

#include "engine/sftp/session.hpp"

namespace gantry::sftp {

// The steps, and what is on the server when the session ends at one of them:
//   open, write, sync   `aside`, whole or not; nobody was to read that name
//   rename              `aside`, or the file under its name, and whole; as long as nobody else uses the name `aside`,
//   it
//                       is there exactly when the file never came to its name
//   sync once more      the file under its name; a power cut of the server may still take the name back
struct Written {
    enum class End : std::uint8_t {
        done,
        taken,    // if_free: another file has that name; nothing is left aside
        refused,  // the server would not; `status` says why; nothing is left aside, if it was able to remove it
        lost,     // the session ended before the rename was sent; `error` says why
        doubt     // it ended after that
    };
    End end = End::done;
    Status status = Status::ok;
    Error error{};
};

enum class Over : std::uint8_t {
    if_free,   // not in the place of another file
    whatever,  // in its place; atomic where the server offers it, else the other is removed first
};
Written write_whole(Session& session, const std::string& aside, const std::string& to, std::string_view content,
                    Over over);

// With all above it that are missing. ok also when it is there.
Result<Status> make_directories(Session& session, const std::string& directory);

}  // namespace gantry::sftp
