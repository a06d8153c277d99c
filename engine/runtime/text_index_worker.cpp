#include "engine/runtime/text_index_worker.hpp"

namespace gantry::runtime {

using std::chrono::milliseconds;

TextIndexWorker::TextIndexWorker(const Options& options, store::TextIndex& index, events::Sink& events)
    : options_(options), index_(index), events_(events), thread_("text index", [this] { run(); }) {}

void TextIndexWorker::run() {
    while (thread_.rest(step())) {
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
