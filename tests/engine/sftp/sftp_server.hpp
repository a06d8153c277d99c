// OpenSSH's SFTP server as a program of this machine, without ssh and a network in between: the same protocol, the same
// server. It starts in the directory that it is given.
#pragma once
#include <boost/test/unit_test.hpp>
#include <cstdint>
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

// Whether there is one, as a precondition of tests that need it.
inline boost::test_tools::assertion_result is_installed(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result out(!server_program().empty());
    out.message() << "there is no sftp-server here (openssh-sftp-server)";
    return out;
}

// A server whose first connection ends after so many bytes of requests, or of answers: what was asked for last is done
// then, or not. Those that follow are whole. scratch: a directory of its own.
enum class Cut : std::uint8_t { requests, answers };
inline std::vector<std::string> cut_command(const std::filesystem::path& directory,
                                            const std::filesystem::path& scratch, Cut what, std::size_t bytes) {
    const auto server = server_program() + " -d " + directory.string();
    const auto limit = "dd bs=1 status=none count=" + std::to_string(bytes);  // which keeps nothing back
    const auto cut = what == Cut::requests ? limit + " | " + server : server + " | { " + limit + "; kill -9 0; }";
    return {"/bin/sh", "-c",
            "if mkdir " + (scratch / "cut").string() + " 2>/dev/null; then " + cut + "; else exec " + server + "; fi"};
}

}  // namespace gantry::sftp::testing
