// Where operational events go: one line each on standard error, and a counter each in the metrics registry.
#pragma once
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/registry.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "engine/base/clock.hpp"
#include "engine/base/events.hpp"

namespace gantry {

// Any thread.
class EventLog final : public events::Sink {
  public:
    // least: events below it are only counted.
    EventLog(events::Level least, const Clock& clock, const Zone& zone) : least_(least), clock_(clock), zone_(zone) {}

    void emit(const events::View& event) noexcept override;
    // Gives every event to another sink as well, which must not give it back; nullptr: no more. Whoever emits meanwhile
    // may still use the one before.
    void pass_on(events::Sink* sink) { also_ = sink; }

    // Prometheus text format 0.0.4.
    std::string metrics() const;
    // A counter of one's own, for what would be too many events. Stays valid as long as the log.
    prometheus::Counter& counter(const std::string& name, const std::string& help,
                                 const std::map<std::string, std::string>& labels);
    // A value that is read when the metrics are asked for.
    void set_gauge(const std::string& name, const std::string& help, double value,
                   const std::map<std::string, std::string>& labels = {});

  private:
    void count(const events::View& event);
    void print(const events::View& event) const;

    events::Level least_;
    const Clock& clock_;
    const Zone& zone_;
    std::atomic<events::Sink*> also_ = nullptr;
    mutable prometheus::Registry registry_;
    std::mutex mutex_;
    std::map<std::string, prometheus::Counter*> counters_;  // by name and labels
    std::map<std::string, prometheus::Family<prometheus::Counter>*> families_;
};

}  // namespace gantry
