// Works off one destination's queue: in arrival order per lane (ordering key), at least once, every attempt recorded.
//
// The queue is the database; nothing is loaded whole. A sweep reads pending deliveries page by page and attempts each
// whose lanes are free. A lane whose delivery failed waits for its retry; the other lanes go on. A delivery with
// several lanes (a merge, which is about two patients) waits for all of them, and all of them wait for it.
#pragma once
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "engine/runtime/ports.hpp"
#include "engine/runtime/retry_policy.hpp"

namespace gantry::runtime {

class DeliveryWorker {
  public:
    struct Options {
        std::string destination;  // "channel/name"
        RetryPolicy retry;
        std::size_t page = 256;
        bool strict = false;  // one lane for all: arrival order over the whole destination
    };
    // target, queue, clock and events must outlive the worker.
    DeliveryWorker(Options options, Destination& target, store::Deliveries& queue, const Clock& clock,
                   events::Sink& events);
    ~DeliveryWorker();

    void start();
    // Returns when the attempt under way has ended and is recorded.
    void stop();
    // There may be something new. Any thread; never blocks for long.
    void wake();

    // One pass over the queue, without a thread of its own: for tests and dry runs. True when anything was attempted.
    bool sweep();

  private:
    void run();
    bool is_stopping();
    bool attempt_page(std::vector<store::DeliveryWork>& page);
    store::Deliveries::Attempt attempt(const store::DeliveryWork& work);
    void tell(effects::Outcome state, std::int64_t attempts) const;
    std::int64_t micros_until_due() const;
    std::vector<std::string> lanes_of(const store::DeliveryWork& work) const;
    // When all of these lanes are free again; none: they are now.
    std::optional<Instant> busy_until(const std::vector<std::string>& lanes) const;
    void wait(const std::vector<std::string>& lanes, Instant until);

    Options options_;
    Destination& target_;
    store::Deliveries& queue_;
    const Clock& clock_;
    events::Sink& events_;
    std::minstd_rand random_;
    std::map<std::string, Instant> waiting_lanes_;  // lane → when its first delivery is due again
    DeliveryId seen_;                               // everything up to here was looked at since the last whole sweep
    std::optional<Instant> swept_;                  // when that began; none: the next one is whole
    std::mutex mutex_;
    std::condition_variable changed_;
    bool woken_ = true, stopping_ = false;
    std::thread thread_;
};

}  // namespace gantry::runtime
