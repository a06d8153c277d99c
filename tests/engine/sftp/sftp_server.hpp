// OpenSSH's SFTP server as a program of this machine, without ssh and a network in between: the same protocol, the same
// server. It starts in the directory that it is given.
#pragma once
#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace gantry::sftp::testing {

// Empty: it is not installed (Debian: openssh-sftp-server).
inline std::string server_program() {
    for (const char* path : {"/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server",
                             "/usr/lib/ssh/sftp-server", "/usr/libexec/sftp-server"})
        if (std::filesystem::exists(path)) return path;
    return {};
}

// A command as Session::open() takes it. more: options of the server ("-P", "posix-rename").
inline std::vector<std::string> server_command(const std::filesystem::path& directory,
                                               const std::vector<std::string>& more = {}) {
    std::vector<std::string> out{server_program(), "-d", directory.string()};
    out.insert(out.end(), more.begin(), more.end());
    return out;
}

}  // namespace gantry::sftp::testing
