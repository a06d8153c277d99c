// A thread that works and rests, until it is stopped.
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace gantry {

// The last member of whoever has one: it begins at once, and ends before the members that it uses.
class RestingThread {
  public:
    // run: called once, on the thread; ends soon after rest() has answered false. Must not throw. name: for the system,
    // at most 15 characters.
    RestingThread(const char* name, std::function<void()> run);
    ~RestingThread() { stop(); }
    RestingThread(const RestingThread&) = delete;
    RestingThread& operator=(const RestingThread&) = delete;

    // Of the thread itself. False: it shall end; at once, however long the rest was to be.
    bool rest(std::chrono::milliseconds time);
    // Returns when the thread has ended. May be called twice, by one thread that is not this one.
    void stop();

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;  // under mutex_
    std::thread thread_;
};

}  // namespace gantry
