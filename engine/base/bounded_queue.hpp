// A queue with a limit between threads: the limit is the backpressure. Multiple producers, multiple consumers.
#pragma once
#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

namespace gantry {

template <class T>
class BoundedQueue {
  public:
    explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

    // Waits while full. False when the queue was closed: the item was not taken.
    bool push(T item) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return items_.size() < capacity_ || closed_; });
        if (closed_) return false;
        items_.push_back(std::move(item));
        if (waiting_ > 0) ready_.notify_one();
        return true;
    }

    // Waits for at least one item, then takes what is there up to `most`. Empty when closed and drained.
    std::vector<T> take(std::size_t most) {
        std::unique_lock lock(mutex_);
        ++waiting_;
        ready_.wait(lock, [&] { return !items_.empty() || closed_; });
        --waiting_;
        std::vector<T> out;
        out.reserve(std::min(most, items_.size()));
        while (!items_.empty() && out.size() < most) {
            out.push_back(std::move(items_.front()));
            items_.pop_front();
        }
        room_.notify_all();
        return out;
    }

    // No further push succeeds; take() drains what is left.
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        ready_.notify_all();
        room_.notify_all();
    }

    std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return items_.size();
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable ready_, room_;
    std::deque<T> items_;
    std::size_t capacity_, waiting_ = 0;
    bool closed_ = false;
};

}  // namespace gantry
