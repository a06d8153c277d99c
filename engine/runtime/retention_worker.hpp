// Runs retention beside everything else: pass after pass, each in small steps with pauses in which others write.
//
// A pass that removed something ends with the event retention_pass and its counts; one that the database cut short with
// retention_failed, and the next pass tries again. A step under way when stop() is called ends first; steps are short.
//
// Ages are by what is believed to be the time (believed_time.hpp): a clock that is set ahead while the engine runs
// makes nothing old before a day has passed. The event clock_set_ahead says so, once.
#pragma once
#include <functional>

#include "engine/base/events.hpp"
#include "engine/base/resting_thread.hpp"
#include "engine/runtime/believed_time.hpp"
#include "engine/store/retention.hpp"

namespace gantry::runtime {

struct RetentionOptions {
    store::RetentionPolicy policy;
    std::chrono::seconds every = std::chrono::minutes(10);  // from the end of a pass to the next
    std::chrono::milliseconds pause{100};                   // from one step to the next
    std::size_t batch = 200;                                // messages that one step looks at
};

class RetentionWorker {
  public:
    using Count = std::function<void(const store::Removed&)>;
    // Begins at once, on a thread of its own. What it is given must outlive it. count: called by that thread after each
    // step that did something; must not throw.
    RetentionWorker(const RetentionOptions& options, store::Retention& retention, const Clock& clock,
                    events::Sink& events, Count count);
    RetentionWorker(const RetentionWorker&) = delete;
    RetentionWorker& operator=(const RetentionWorker&) = delete;

    // Returns when the thread has ended. May be called twice, by one thread.
    void stop() { thread_.stop(); }

  private:
    void run();
    void pass();
    Instant now();

    const RetentionOptions options_;
    store::Retention& retention_;
    const Clock& clock_;
    events::Sink& events_;
    const Count count_;
    BelievedTime time_;  // of the thread
    RestingThread thread_;
};

}  // namespace gantry::runtime
