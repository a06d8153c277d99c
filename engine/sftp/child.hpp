// A program of this machine that is spoken to over a socket at its standard input and output. Every wait has an end.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/durable_file.hpp"
#include "engine/base/result.hpp"

namespace gantry::sftp {

// Ends what somebody else waits for. Any thread.
class Interrupt {
  public:
    Interrupt();
    void ring();
    // From now on it has not been rung.
    void clear();
    int descriptor() const { return event_.number(); }

  private:
    Descriptor event_;
};

// One thread, except for the interrupt.
class Child {
  public:
    using Deadline = std::chrono::steady_clock::time_point;

    // command: the program, looked for in /usr/bin and /bin unless it is a path, and its arguments. No shell; of this
    // program it gets an environment that says nothing, no signal that is blocked or ignored, and no open file; signals
    // of the terminal do not reach it. interrupt: may be null, else must outlive it. Errors: io, it cannot be started.
    static Result<std::unique_ptr<Child>> start(const std::vector<std::string>& command, const Interrupt* interrupt);
    // Ends the program, at once, and waits for that.
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    // As much as there is, at least one byte. Errors of both: net_timeout, at the deadline; net_closed, the program has
    // ended or closed its side, or the wait was interrupted.
    Result<std::string> read(Deadline deadline);
    // All of it.
    Result<void> write(std::string_view bytes, Deadline deadline);

    // The last line it wrote to its standard error, without what is not printable; empty: none. To be asked once it has
    // ended: waits a moment for it.
    std::string last_words();

  private:
    Child(Descriptor stream, Descriptor complaints, pid_t process, const Interrupt* interrupt);
    Result<void> wait(short events, Deadline deadline);
    bool hear_complaint();

    Descriptor stream_, complaints_;
    const pid_t process_;
    const Interrupt* const interrupt_;
    std::string said_;
};

}  // namespace gantry::sftp
