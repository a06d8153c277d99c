// The channels that run, and how they become others: from a configuration in force to the next one, touching only what
// differs.
//
//   a channel of the same revision    is not touched
//   another mapper                    is exchanged between two messages; the source goes on
//   another place to listen           the new one is opened first, then the old one closed; connections go on
//   the same place, other options     the socket and its connections go on; who comes next gets the new options
//   a place that another channel has  and gives up in the same step is handed over, socket and all
//   another destination               its worker ends its attempt and a new one goes on with the queue
//   a channel that is gone            takes nothing new, answers what it read, ends its connections
//   a channel that cannot start       stays as it was, whole; the others change all the same
//
// Threads: apply() and stop_…() are called by one thread, the supervisor's; wake(),
// look_again() and answer_came() by any.
// Lock order: mutex_, then a worker's own. Nothing is stopped or started while mutex_ is held.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/runtime/current_mapper.hpp"
#include "engine/runtime/delivery_worker.hpp"

namespace gantry::runtime {

struct SourceSetup {
    std::string definition;  // equal text: the same source
    std::string place;       // where it listens; no two listen there at once. Empty: nobody else can want it
    std::function<std::unique_ptr<Source>(std::shared_ptr<const CurrentMapper>)> make;
};

struct DestinationSetup {
    std::string definition;  // equal text: the same destination
    DeliveryWorker::Options worker;
    std::function<std::unique_ptr<Destination>()> make;
};

struct ChannelSetup {
    std::string name;
    std::int64_t revision = 0;
    std::shared_ptr<const Mapper> mapper;
    SourceSetup source;
    std::vector<DestinationSetup> destinations;  // the queued ones
};

class Supervisor {
  public:
    // queue, clock and events must outlive it.
    Supervisor(store::Deliveries& queue, const Clock& clock, events::Sink& events);
    ~Supervisor();  // stops what runs

    struct Change {
        enum class What : std::uint8_t { started, changed, stopped, failed };
        std::string channel;
        What what = What::started;
        std::optional<Error> error;  // failed: why; what ran before goes on
        std::string place{};         // where it listens now, for people
    };
    // Names and places of `wanted` are different from each other. Answers what was done; nothing for a channel that was
    // not touched.
    std::vector<Change> apply(std::vector<ChannelSetup> wanted);

    // Of a running channel; null: it does not run. Any thread.
    std::shared_ptr<const Mapper> mapper(const std::string& channel) const;
    // The channel has new deliveries.
    void wake(const std::string& channel);
    // A person has decided something about its deliveries.
    void look_again(const std::string& channel);
    // An answer came apart for a delivery of this destination ("channel/name").
    void answer_came(const std::string& destination);

    void stop_sources();
    void stop_workers();

  private:
    struct Delivering;
    struct Channel;
    class Step;
    void tell_of_queue(const std::string& destination);
    void tell_workers(const std::string& channel, void (DeliveryWorker::*what)());

    store::Deliveries& queue_;
    const Clock& clock_;
    events::Sink& events_;
    mutable std::mutex mutex_;  // guards which workers a channel has
    std::map<std::string, std::unique_ptr<Channel>, std::less<>> channels_;
};

}  // namespace gantry::runtime
