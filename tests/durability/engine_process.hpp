// The engine as a child process, to be killed at any moment.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace gantry::durability {

struct Ports {
    std::uint16_t mllp = 0, http = 0, dicom = 0;
};
// Free ones, below what the system hands to outgoing connections: a client that knocks at a closed port in that range
// can meet itself.
Ports free_ports(unsigned seed);

// Used by one thread. The engine's log is appended to data/engine.log.
class EngineProcess {
  public:
    EngineProcess(std::filesystem::path program, std::filesystem::path conf, std::filesystem::path data, Ports ports);
    ~EngineProcess();

    void start();
    // Time from start() until /readyz answers 200; none: it ended, or was not ready within 20 s.
    std::optional<std::chrono::duration<double, std::milli>> ready();
    void kill();
    // Asks it to stop, and answers its exit code; -1: ended by a signal.
    int stop();
    // Deliveries waiting, from /metrics; -1: no answer.
    long pending() const;
    const Ports& ports() const { return ports_; }

  private:
    int wait();
    std::filesystem::path program_, conf_, data_;
    Ports ports_;
    pid_t process_ = 0;
    std::chrono::steady_clock::time_point started_;
};

}  // namespace gantry::durability
