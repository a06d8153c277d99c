#include "engine/net/tls_desk.hpp"

#include <pthread.h>

namespace gantry::net {

void TlsDesk::post(std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    tasks_.push_back(std::move(task));
    if (!thread_.joinable()) {
        thread_ = std::thread([this] { run(); });
        ::pthread_setname_np(thread_.native_handle(), "gantry-tls");
    }
    changed_.notify_one();
}

void TlsDesk::close() {
    std::deque<std::function<void()>> dropped;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        dropped.swap(tasks_);
        changed_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

void TlsDesk::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [&] { return closed_ || !tasks_.empty(); });
        if (closed_) return;
        auto task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
        task = nullptr;  // what it held may be a connection
        lock.lock();
    }
}

}  // namespace gantry::net
