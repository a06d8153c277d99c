#include "engine/runtime/retention_worker.hpp"

namespace gantry::runtime {
namespace {

bool did_something(const store::Removed& removed) {
    return removed.contents != 0 || removed.messages != 0 || removed.returned != 0;
}

void add(store::Removed& to, const store::Removed& step) {
    to.contents += step.contents;
    to.messages += step.messages;
    to.bytes += step.bytes;
    to.returned += step.returned;
}

}  // namespace

RetentionWorker::RetentionWorker(const RetentionOptions& options, store::Retention& retention, const Clock& clock,
                                 events::Sink& events, Count count)
    : options_(options),
      retention_(retention),
      clock_(clock),
      events_(events),
      count_(std::move(count)),
      thread_("retention", [this] { run(); }) {}

void RetentionWorker::run() {
    do pass();
    while (thread_.rest(options_.every));
}

Instant RetentionWorker::now() {
    const bool doubted = time_.doubts();
    const auto out = time_.at(clock_.now(), std::chrono::steady_clock::now());
    if (time_.doubts() && !doubted)
        events::emit(events_, "clock_set_ahead", events::Level::warning,
                     "the clock was set ahead; retention goes by the time that has passed, and by the clock in a day",
                     {});
    return out;
}

void RetentionWorker::pass() {
    store::Removed all;
    bool finished = false;
    do {
        const auto step = retention_.remove_some(options_.policy, now(), options_.batch);
        if (!step) {
            events::emit(events_, "retention_failed", events::Level::warning,
                         "retention could not go on; it tries again with its next pass",
                         {{"error", step.error().code}});
            break;
        }
        finished = step->finished;
        add(all, *step);
        if (did_something(*step)) count_(*step);
    } while (!finished && thread_.rest(options_.pause));
    if (did_something(all))
        events::emit(events_, "retention_pass", events::Level::info, "retention has removed what was old or too much",
                     {{"contents", all.contents},
                      {"messages", all.messages},
                      {"bytes", all.bytes},
                      {"returned_bytes", all.returned}});
}

}  // namespace gantry::runtime
