// How a server is reached: options, and the command that they make of the system's OpenSSH. There are no passwords: ssh
// is never given the chance to ask for anything. Pure.
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "engine/settings/input_file.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::sftp {

struct Options {
    std::string host;
    int port = 22;
    std::string user;
    settings::InputFile identity, known_hosts;
    std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
    std::chrono::milliseconds keep_alive = std::chrono::seconds(15);
    std::chrono::milliseconds timeout = std::chrono::seconds(30);
};
const settings::Schema<Options>& schema();

// The program and its arguments, to be started without a shell. It reads no configuration of its user or its machine,
// no agent and no other key or list of hosts than those of the options.
std::vector<std::string> ssh_command(const Options& options);

// "sftp://gantry@ris.example:22/orders": for people, and to tell whether two mean the same place.
std::string place_of(const Options& options, const std::string& directory);

// A path of the server below a directory of it, without "//".
std::string joined(const std::string& directory, const std::string& name);

}  // namespace gantry::sftp
