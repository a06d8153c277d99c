// The thread that does the arithmetic of handshakes, in the order they come, so that the loop of the lobby never waits
// for it: a flood of handshakes makes other handshakes late, and nobody else.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace gantry::net {

// Any thread; close() not from the desk's own.
class TlsDesk {
  public:
    ~TlsDesk() { close(); }

    // As many tasks as there are connections wait at most. Dropped once closed. task must not throw.
    void post(std::function<void()> task);
    // Drops what waits, and ends when the task under way has.
    void close();

  private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> tasks_;
    bool closed_ = false;
    std::thread thread_;  // from the first task on
};

}  // namespace gantry::net
