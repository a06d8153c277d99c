#include "engine/runtime/text_index_worker.hpp"

#include <pthread.h>

namespace gantry::runtime {

using std::chrono::milliseconds;

TextIndexWorker::TextIndexWorker(const Options& options, store::TextIndex& index, events::Sink& events)
    : options_(options), index_(index), events_(events), thread_([this] { run(); }) {
    pthread_setname_np(thread_.native_handle(), "text index");
}

void TextIndexWorker::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void TextIndexWorker::run() {
    for (bool go_on = true; go_on;) {
        const auto rest = step();
        std::unique_lock lock(mutex_);
        go_on = !changed_.wait_for(lock, rest, [this] { return stopping_; });
    }
}

milliseconds TextIndexWorker::step() {
    const auto began = std::chrono::steady_clock::now();
    const auto done = index_.index_some(options_.batch);
    if (!done) {
        if (!std::exchange(failing_, true))
            events::emit(events_, "text_index_failed", events::Level::warning,
                         "contents could not be indexed for text search; it is tried again",
                         {{"error", done.error().code}});
        return options_.trouble;
    }
    failing_ = false;
    if (*done == 0) return options_.idle;
    const auto took = std::chrono::steady_clock::now() - began;
    return std::chrono::duration_cast<milliseconds>(took * options_.rest) + milliseconds(1);
}

}  // namespace gantry::runtime
