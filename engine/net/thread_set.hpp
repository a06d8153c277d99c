// Threads for connections: one item at a time each, made when needed up to a limit, reused while idle, and never a
// queue: an item is either taken by a thread at once or refused.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>

namespace gantry::net {

// Item: movable. Any thread; close() not from a thread of the set.
template <class Item>
class ThreadSet {
  public:
    // work must not throw.
    ThreadSet(std::size_t most, std::function<void(Item)> work) : most_(most), work_(std::move(work)) {}
    ~ThreadSet() { close(); }

    // False: every thread is busy and the limit is reached, or closed; the item stays with the caller.
    bool submit(Item& item) {
        const std::lock_guard lock(mutex_);
        if (closed_) return false;
        if (taken_.size() >= idle_ && !grow()) return false;
        taken_.push_back(std::move(item));
        ready_.notify_one();
        return true;
    }

    // More than half of the allowed threads are busy: no thread should wait for anything it could give back.
    bool crowded() const {
        const std::lock_guard lock(mutex_);
        return 2 * (threads_.size() - idle_) > most_;
    }

    // Waits until every thread has finished its item.
    void close() {
        std::unique_lock lock(mutex_);
        closed_ = true;
        ready_.notify_all();
        gone_.wait(lock, [&] { return threads_.empty(); });
        join_finished();
    }

  private:
    using Place = std::list<std::thread>::iterator;
    static constexpr std::chrono::seconds idle_time{30};

    bool grow() {
        join_finished();
        if (threads_.size() >= most_) return false;
        const auto place = threads_.emplace(threads_.end());
        try {
            *place = std::thread([this, place] { run(place); });
        } catch (const std::system_error&) {
            threads_.erase(place);
            return false;
        }
        ++idle_;
        return true;
    }

    void run(Place place) {
        std::unique_lock lock(mutex_);
        for (;;) {
            ready_.wait_for(lock, idle_time, [&] { return !taken_.empty() || closed_; });
            if (taken_.empty()) break;
            {
                Item item = std::move(taken_.front());
                taken_.pop_front();
                --idle_;
                lock.unlock();
                work_(std::move(item));
            }
            lock.lock();
            ++idle_;
        }
        --idle_;
        finished_.splice(finished_.end(), threads_, place);
        gone_.notify_all();
    }

    void join_finished() {
        for (auto& thread : finished_) thread.join();
        finished_.clear();
    }

    const std::size_t most_;
    const std::function<void(Item)> work_;
    mutable std::mutex mutex_;
    std::condition_variable ready_, gone_;
    std::deque<Item> taken_;  // given to idle threads that have not woken yet
    std::size_t idle_ = 0;
    std::list<std::thread> threads_, finished_;
    bool closed_ = false;
};

}  // namespace gantry::net
