// Watches operational events and queues, and mails what a person must know. Nothing waits for it: an event is counted
// in memory, mails leave from a thread of their own, and what a mail server does not take is kept as counts, tried
// again a minute later and lost at the end of the process. Alarms are no deliveries.
//
// An alarm is every event of level error ("act now"), a destination that is away for long, a queue that is old.
#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "engine/alarms/alarm_board.hpp"
#include "engine/alarms/alarm_options.hpp"
#include "engine/base/events.hpp"

namespace gantry::alarms {

class AlarmWorker final : public events::Sink {
  public:
    // When the oldest delivery that waits at each destination was made. Called by the worker's thread about once a
    // minute; may take its time; nothing: not known now.
    using Queues = std::function<std::optional<std::map<std::string, Instant>>()>;

    // Begins at once. What it is given must outlive it. log: for alarms_unsent and alarms_sent.
    AlarmWorker(const AlarmOptions& options, Queues queues, const Clock& clock, const Zone& zone, events::Sink& log);
    ~AlarmWorker() override { stop(); }

    void emit(const events::View& event) noexcept override;
    // Ends a mail under way within its timeout at most, and sends no other. One thread; further calls do nothing.
    void stop();

  private:
    void run();
    void turn();
    bool tell(const std::vector<Alarm>& alarms);

    const AlarmOptions options_;
    const Queues queues_;
    const Clock& clock_;
    const Zone& zone_;
    events::Sink& log_;
    net::SmtpServer server_;
    std::mutex mutex_;  // of what follows, never held while something is waited for
    std::condition_variable changed_;
    AlarmBoard board_;
    bool stopping_ = false;
    std::stop_source stop_;
    // The worker's thread alone:
    std::optional<std::chrono::steady_clock::time_point> looked_, failed_;
    bool unsent_ = false;
    std::thread thread_;
};

}  // namespace gantry::alarms
