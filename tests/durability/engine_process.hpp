// The engine as a child process, to be killed at any moment.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace gantry::durability {

struct Ports {
    std::uint16_t mllp = 0, http = 0, dicom = 0;
};
// Free ones, below what the system hands to outgoing connections: a client that knocks at a closed port in that range
// can meet itself.
Ports free_ports(unsigned seed);

// Used by one thread.
class EngineProcess {
  public:
    using Milliseconds = std::chrono::duration<double, std::milli>;

    // log: the file its output is appended to.
    EngineProcess(std::filesystem::path program, std::filesystem::path conf, std::filesystem::path data,
                  std::filesystem::path log);
    ~EngineProcess();

    // Of the next start.
    void set(const std::string& variable, const std::string& value) { environment_[variable] = value; }
    void unset(const std::string& variable) { environment_.erase(variable); }

    void start();
    // Time from start() until /readyz answers 200; none: it ended, or was not ready within a minute.
    std::optional<Milliseconds> ready();
    // Whether it ends by itself, and how: within so long; -1: by a signal.
    std::optional<int> ended(std::chrono::milliseconds within);
    void kill();
    // Asks it to read its configuration again.
    void reload();
    // Asks it to stop, and answers its exit code; -1: ended by a signal.
    int stop();

    // What /readyz answers; 0: nothing within two seconds.
    int readiness() const;
    // What /api/ready answers: JSON, part by part; empty: nothing within two seconds.
    std::string ready_parts() const;
    // Deliveries waiting, from /metrics; -1: no answer.
    long pending() const;
    pid_t id() const { return process_; }
    // Reloads that were done and those that were refused; -1: no answer.
    long reloads(bool refused) const;
    const Ports& ports() const { return ports_; }

  private:
    std::string metrics() const;
    int wait();
    std::filesystem::path program_, conf_, data_, log_;
    Ports ports_;
    std::map<std::string, std::string> environment_;
    pid_t process_ = 0;
    std::chrono::steady_clock::time_point started_;
};

}  // namespace gantry::durability
