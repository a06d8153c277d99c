// The event loop of the lobby: one thread, one level-triggered epoll, a tick for deadlines.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <unordered_map>
#include <vector>

#include "engine/net/socket.hpp"

namespace gantry::net {

// One descriptor in the loop. All calls come from the loop thread.
class Watched {
  public:
    virtual ~Watched() = default;
    virtual void on_ready(std::uint32_t epoll_events) = 0;
    virtual void on_tick(TimePoint at) = 0;  // about every Loop::tick: the place to check deadlines
    virtual void drain() = 0;                // finish what is going on, take nothing new
    virtual void kill() noexcept = 0;        // end now; also called when on_ready or on_tick threw
};

class Loop {
  public:
    static constexpr milliseconds tick{250};  // how late a deadline may be noticed

    Loop();
    ~Loop();

    // Loop thread only. Answers an id that is never used again; 0: the kernel refused, nothing was kept.
    std::uint64_t add(int fd, std::uint32_t epoll_events, std::shared_ptr<Watched> watched);
    // Loop thread only. Forgets the entry after the current round of events, and the descriptor at once.
    void remove(std::uint64_t id, int fd);
    std::span<char> scratch() { return scratch_; }

    // Any thread, while the descriptor is open and in the loop.
    void change(std::uint64_t id, int fd, std::uint32_t epoll_events) noexcept;
    // Any thread. Runs the task on the loop thread; dropped when the loop has stopped.
    void post(std::function<void()> task);
    // Any thread: drain() for all there are; whoever comes later sees draining().
    void drain();
    bool draining() const { return draining_; }

    void start();
    // Kills everything that is left and joins the thread. Not from the loop thread.
    void stop();

  private:
    struct Entry {
        std::shared_ptr<Watched> watched;
        bool removed = false;
    };
    void run();
    void dispatch(std::uint64_t id, std::uint32_t epoll_events);
    void run_posted();
    template <class Call>
    void for_each(Call call);
    void bury();

    Fd epoll_, wake_;
    std::unordered_map<std::uint64_t, Entry> entries_;
    std::vector<std::uint64_t> removed_;
    std::uint64_t last_id_ = 0;
    std::vector<char> scratch_;
    std::mutex mutex_;  // guards posted_; nothing is locked while it is held
    std::vector<std::function<void()>> posted_;
    std::atomic<bool> draining_ = false, stopping_ = false;
    std::thread thread_;
};

}  // namespace gantry::net
