// Senders that keep their connections and a rate: each sends an order of its own, waits for the answer, and sends the
// next one when it is due. Whatever goes wrong with a connection is counted.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/durability/hospital.hpp"

namespace gantry::durability {

class SteadySenders {
  public:
    struct Options {
        std::string name;  // begins every control id
        std::uint16_t port = 0;
        unsigned connections = 8;
        double per_second = 1000;  // of all together
    };
    // All connections are there when it returns.
    explicit SteadySenders(Options options);
    ~SteadySenders();

    // Returns when every message that was begun has its answer.
    void stop();

    // After stop(): what was accepted, in the order of each connection.
    const std::vector<Acknowledged>& journal() const { return journal_; }
    // Connections that broke, answers that were no AA or of another message.
    std::uint64_t broken() const { return broken_; }
    std::uint64_t refused() const { return refused_; }

  private:
    class Line;
    void work(unsigned number, Line& line);

    Options options_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> broken_{0}, refused_{0};
    std::mutex mutex_;
    std::vector<Acknowledged> journal_;
    std::vector<std::unique_ptr<Line>> lines_;
    std::vector<std::thread> threads_;
};

}  // namespace gantry::durability
