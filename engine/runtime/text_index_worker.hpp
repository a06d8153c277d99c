// Indexes contents for free-text search behind intake: a few at a time, then a pause of several times as long, so that
// intake and deliveries have the processor and the database. What it falls behind under load it catches up afterwards;
// how far it is, TextIndex::progress() says.
#pragma once

#include "engine/base/events.hpp"
#include "engine/base/resting_thread.hpp"
#include "engine/store/text_index.hpp"

namespace gantry::runtime {

class TextIndexWorker {
  public:
    struct Options {
        std::size_t batch = 100;                    // contents of one step
        int rest = 4;                               // a pause is so many times as long as the step before it
        std::chrono::milliseconds idle{1'000};      // until it looks again when there is nothing to do
        std::chrono::milliseconds trouble{10'000};  // when the database did not answer
    };
    // Begins at once, on a thread of its own. What it is given must outlive it. A database that does not answer is the
    // event text_index_failed, once until it does.
    TextIndexWorker(const Options& options, store::TextIndex& index, events::Sink& events);
    TextIndexWorker(const TextIndexWorker&) = delete;
    TextIndexWorker& operator=(const TextIndexWorker&) = delete;

    // Returns when the thread has ended; a step under way ends first, it is short. May be called twice, by one thread.
    void stop() { thread_.stop(); }

  private:
    void run();
    std::chrono::milliseconds step();  // answers how long to rest

    const Options options_;
    store::TextIndex& index_;
    events::Sink& events_;
    bool failing_ = false;  // the thread's own
    RestingThread thread_;
};

}  // namespace gantry::runtime
