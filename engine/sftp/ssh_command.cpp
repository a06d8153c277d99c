#include "engine/sftp/ssh_command.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace gantry::sftp {
namespace {

constexpr mode_t of_others = 077;

// What could be an option, or mean something to ssh, is in no host name or address.
std::string wrong_host(const Options& options) {
    const auto fits = [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '-' || c == '_' || c == ':'; };
    const auto& host = options.host;
    if (host.empty() || host.front() == '-' || !std::all_of(host.begin(), host.end(), fits))
        return "this is neither a host name nor an address";
    return {};
}

std::string wrong_user(const Options& options) {
    const auto fits = [](unsigned char c) {
        return c > ' ' && c < 127 &&
               std::string_view("'`\";&<>|(){}\\").find(static_cast<char>(c)) == std::string_view::npos;
    };
    const auto& user = options.user;
    if (user.empty() || user.front() == '-' || !std::all_of(user.begin(), user.end(), fits))
        return "ssh would not take this as the name of a user";
    return {};
}

// ssh replaces % and $ in names of files, and quotes its own way.
std::string wrong_path(const std::filesystem::path& path) {
    const auto& text = path.native();
    const auto fits = [](unsigned char c) {
        return c >= ' ' && std::string_view("%$\"\\").find(static_cast<char>(c)) == std::string_view::npos;
    };
    if (!std::all_of(text.begin(), text.end(), fits))
        return "ssh would read this name differently: it must have no %, $, \" or \\";
    return {};
}

// As ssh judges it, which would only say so once it connects.
std::string wrong_identity(const Options& options) {
    const auto& path = options.identity.path;
    struct stat file {};
    if (::stat(path.c_str(), &file) == 0 && file.st_uid == ::getuid() && (file.st_mode & of_others) != 0)
        return "others may read this key, so that ssh will not use it: chmod 600";
    return wrong_path(path);
}

std::string seconds(std::chrono::milliseconds time) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count());
}

std::string quoted(const std::filesystem::path& path) {
    return '"' + std::filesystem::absolute(path).string() + '"';
}

}  // namespace

const settings::Schema<Options>& schema() {
    using std::chrono::hours, std::chrono::seconds;
    static const auto schema =
        settings::Schema<Options>("sftp", "A directory of another machine, over SFTP through the system's OpenSSH.")
            .option("host", &Options::host, "name or address of the server")
            .required()
            .example("\"ris.example\"")
            .check(wrong_host)
            .option("port", &Options::port, "its port")
            .range(1, 65535)
            .option("user", &Options::user, "who logs in")
            .required()
            .example("\"gantry\"")
            .check(wrong_user)
            .option("identity", &Options::identity,
                    "file with the private key that logs in, without a passphrase; there is no login by password")
            .required()
            .example("\"id_ed25519\"")
            .check(wrong_identity)
            .option("known_hosts", &Options::known_hosts,
                    "file with the host keys of the server, as ssh-keyscan writes it; another key is never accepted")
            .required()
            .example("\"known_hosts\"")
            .check([](const Options& options) { return wrong_path(options.known_hosts.path); })
            .option("connect_timeout", &Options::connect_timeout, "a server that has not let us in after this is away")
            .range(seconds(1), hours(1))
            .option(
                "keep_alive", &Options::keep_alive,
                "a connection without a sign of life for this long is asked for one; after two without it has ended")
            .range(seconds(1), hours(1))
            .option("timeout", &Options::timeout,
                    "a server that has not answered one request after this has gone, and the connection is closed")
            .range(seconds(1), hours(1));
    return schema;
}

std::vector<std::string> ssh_command(const Options& options) {
    std::vector<std::string> out{"ssh", "-F",        "none", "-T", "-a", "-x", "-p", std::to_string(options.port),
                                 "-l",  options.user};
    for (const auto& setting :
         {std::string("BatchMode=yes"), std::string("StrictHostKeyChecking=yes"),
          "UserKnownHostsFile=" + quoted(options.known_hosts.path), std::string("GlobalKnownHostsFile=/dev/null"),
          std::string("UpdateHostKeys=no"), std::string("PreferredAuthentications=publickey"),
          "IdentityFile=" + quoted(options.identity.path), std::string("IdentitiesOnly=yes"),
          std::string("IdentityAgent=none"), "ConnectTimeout=" + seconds(options.connect_timeout),
          "ServerAliveInterval=" + seconds(options.keep_alive), std::string("ServerAliveCountMax=2"),
          std::string("ClearAllForwardings=yes"), std::string("LogLevel=ERROR")})
        out.insert(out.end(), {"-o", setting});
    out.insert(out.end(), {"-s", "--", options.host, "sftp"});
    return out;
}

std::string place_of(const Options& options, const std::string& directory) {
    return "sftp://" + options.user + "@" + options.host + ":" + std::to_string(options.port) + "/" + directory;
}

std::string joined(const std::string& directory, const std::string& name) {
    if (directory.empty()) return name;
    return directory.back() == '/' ? directory + name : directory + "/" + name;
}

}  // namespace gantry::sftp
