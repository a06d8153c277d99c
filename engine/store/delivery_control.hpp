// What a person decides about deliveries. Each decision is a row among the delivery's attempts, with who and why.
//
//   release   held, dead, in doubt → pending, due at once; attempts go on counting
//   hold      pending → held: it is not tried, and what comes later in its lane waits behind it
//   again     delivered, discarded → pending, due at once: what was delivered then is delivered once more, as it was;
//             not when retention has removed it
//   discard   pending, held, dead, in doubt → filtered: it never leaves. Its message is filtered, too, when nothing is
//             left to deliver
//
// A delivery in another state is left alone, so that to say a thing twice does it once. An attempt that is under way
// when its delivery is held or discarded or its destination stopped goes on; how it ends is recorded, and what has
// arrived is delivered. A held delivery is not changed before its attempt has ended: what left would not be what is
// stored.
//
// A message that is held for an error of its own (its patient is ambiguous, say) waits for nobody's delivery: it is
// reprocessed, or discarded as a whole. Discarded it is filtered, so that retention may remove it, and says who wanted
// that and why. What it said is not applied; whoever sent it has been told so.
//
// A destination can be stopped as a whole: nothing more of its queue is taken. What waits stays pending.
//
// The outcome of each message is settled in the same transaction. Deliveries named one by one are decided in one
// transaction; a whole queue a thousand at a time, so that intake never waits for long. What is durable: everything
// that a call answers. Threads: any. Errors: storage_unavailable.
#pragma once
#include "engine/store/messages.hpp"

namespace gantry::store {

struct Instruction {
    enum class Action : std::uint8_t { release, hold, discard, again } action = Action::release;
    std::string by, reason;              // no control characters
    std::optional<std::string> payload;  // release: deliver this from now on. Not of what is pending or under way
};
std::string_view to_text(Instruction::Action action);

// Part of a queue.
struct QueuePart {
    std::string destination;
    std::vector<effects::Outcome> states;  // of waiting_states
    std::string lane;                      // one of a delivery's lanes, or all of them as stored; empty: every lane
};

class DeliveryControl {
  public:
    virtual ~DeliveryControl() = default;
    // Answers those whose state was changed.
    virtual Result<std::vector<DeliveryId>> decide(std::span<const DeliveryId> deliveries,
                                                   const Instruction& instruction) = 0;
    // The same for all that are there now; answers how many were changed. An error may come after some were.
    virtual Result<std::int64_t> decide(const QueuePart& part, const Instruction& instruction) = 0;
    // held, for an error of its own → filtered. False: it is not such a message.
    virtual Result<bool> discard(MessageId message, const std::string& by, const std::string& reason) = 0;
    // False: it was (not) stopped before.
    virtual Result<bool> stop(const std::string& destination, const std::string& by, const std::string& reason) = 0;
    virtual Result<bool> go_on(const std::string& destination) = 0;
};

}  // namespace gantry::store
