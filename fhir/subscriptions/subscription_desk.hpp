// The subscriptions of this engine: who is told of what, and the workers that tell them.
//
//   requested   its endpoint is asked once (handshake); what happens meanwhile waits in its queue
//   active      its queue is worked off, in order, one event at a time, each under its number
//   error       the endpoint did not take the handshake; its queue is discarded; written anew it is requested again
//   off         so it was written, or its end has come; its queue is discarded
//
// Events are planned in the transaction that writes the records (notices()), by the subscriptions as they are then, and
// leave by the engine's own delivery worker: at least once, each attempt recorded, in the same order after a crash. The
// number of an event is that of its delivery, given before its first attempt and kept; the receiver knows a repetition
// by it.
//
// Threads: any, but for start() and stop(). Lock order: deciding_, then mutex_; no worker is stopped and no endpoint
// asked while mutex_ is held, and no endpoint while deciding_ is.
#pragma once
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "engine/base/events.hpp"
#include "engine/runtime/delivery_worker.hpp"
#include "fhir/subscriptions/rest_hook.hpp"

namespace gantry::fhir {

class SubscriptionDesk {
  public:
    struct Parts {
        store::Store& store;
        const ProjectionContext& projection;
        const Zone& zone;
        const Clock& clock;
        events::Sink& events;
        std::string base;
        SubscriptionOptions options;
    };
    // What the parts refer to must outlive it.
    explicit SubscriptionDesk(Parts parts);
    ~SubscriptionDesk();

    // Takes up those that are stored. Errors: storage_unavailable.
    Result<void> start();
    void stop();

    // Before a commit, on its thread: units learn whom to tell. Until start() there is nobody.
    void before_commit(std::span<store::Unit> units);
    // After one: there may be something to send.
    void committed(std::span<const store::Committed> results);
    // The queues of those who are told.
    std::vector<std::string> destinations();
    // A person has decided something about queues.
    void look_again();

    // Errors: overloaded (there are as many as there may be), storage_unavailable.
    Result<store::Subscription> create(const std::string& document, const SubscriptionReading& reading);
    // Nothing: there is none, or none of that version (0: whichever).
    Result<std::optional<store::Subscription>> change(std::int64_t id, std::int64_t only_version,
                                                      const std::string& document, const SubscriptionReading& reading);
    Result<bool> remove(std::int64_t id);

    const HookContext& context() const { return context_; }
    const SubscriptionOptions& options() const { return parts_.options; }
    const Zone& zone() const { return parts_.zone; }
    store::Subscriptions& stored() { return parts_.store.subscriptions(); }

  private:
    struct Running;
    using RunningPointer = std::shared_ptr<Running>;
    void work();
    bool look_after(std::chrono::milliseconds rest);
    void take_up(const store::Subscription& row);
    void shake_hands(const RunningPointer& one);
    void settle(const RunningPointer& one, const std::string& status, const std::string& why);
    void begin_worker(Running& one);
    void beat(const RunningPointer& one);
    void discard_queue(std::int64_t id, const char* why);
    void discard_orphans();
    void publish();  // mutex_ is held
    void put_out(std::int64_t id, const char* why);

    Parts parts_;
    HookContext context_;
    std::mutex deciding_;  // one decision about a subscription at a time
    std::mutex mutex_;     // over what follows
    std::condition_variable changed_;
    std::map<std::int64_t, RunningPointer> running_;  // those that are told of events
    std::shared_ptr<const Subscribers> told_;
    RunningPointer in_hand_;  // its hook is used by the thread
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace gantry::fhir
