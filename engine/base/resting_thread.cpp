#include "engine/base/resting_thread.hpp"

#include <pthread.h>

namespace gantry {

RestingThread::RestingThread(const char* name, std::function<void()> run) : thread_(std::move(run)) {
    ::pthread_setname_np(thread_.native_handle(), name);
}

bool RestingThread::rest(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, time, [this] { return stopping_; });
}

void RestingThread::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

}  // namespace gantry
