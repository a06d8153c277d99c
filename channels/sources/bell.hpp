// What the thread of a source waits for. Shared by everybody who may still ring it, however late.
#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace gantry::channels {

// Lock order: its mutex is taken last, and nothing is called while it is held. It guards what is waited for, too.
struct Bell {
    std::mutex mutex;
    std::condition_variable rung;
    bool retired = false;  // what was begun is finished, nothing more is begun
    bool stopped = false;  // what was begun ends as soon as it can; a bell that is stopped is retired as well

    // Changes something that is waited for.
    template <class Change>
    void ring(const Change& change) {
        {
            const std::lock_guard lock(mutex);
            change();
        }
        rung.notify_all();
    }

    bool is_retired() {
        const std::lock_guard lock(mutex);
        return retired;
    }
    // False: it was retired, now or before.
    bool wait(std::chrono::milliseconds longest) {
        std::unique_lock lock(mutex);
        return !rung.wait_for(lock, longest, [this] { return retired; });
    }
    // False: it was stopped.
    bool wait_although_retired(std::chrono::milliseconds longest) {
        std::unique_lock lock(mutex);
        return !rung.wait_for(lock, longest, [this] { return stopped; });
    }
};

}  // namespace gantry::channels
