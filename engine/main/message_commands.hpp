// The commands that talk to the running engine: `messages`, `queue`, `hold`, `release`, `discard`, `token`.
#pragma once
namespace CLI {
class App;
}

namespace gantry {

// Adds them; the one that is called leaves its exit code.
void add_message_commands(CLI::App& app, int& exit_code);

}  // namespace gantry
