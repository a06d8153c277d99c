// What the engine needs from a protocol, and nothing more: where messages come from, what they mean, where they go.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/result.hpp"
#include "engine/store/store.hpp"

namespace gantry::runtime {

// One message as a source read it, without its framing.
struct Inbound {
    std::string bytes;
    std::string peer;
    Instant received;
    // Set when the bytes are not a message but the source's reason why there is none (frame too large): the mapper
    // makes the sender's answer from it, and it is recorded like any other message.
    std::optional<Error> broken;
    // That the bytes are in, as the transport says it whatever the message says; empty: the transport says nothing.
    std::string character_set{};
};

// Turns a message into a unit to commit. Pure; any thread; never throws: what is wrong with a message becomes a unit
// whose effects are rejected, with the reply that says why.
class Mapper {
  public:
    virtual ~Mapper() = default;
    virtual store::Unit interpret(Inbound message) const = 0;
};

// Given to a source: takes messages in. Any thread; never blocks.
using Done = std::function<void(store::Committed)>;
class Intake {
  public:
    virtual ~Intake() = default;
    enum class Submitted : std::uint8_t { taken, full, stopping };
    // `lane` keeps order: messages of one lane (a connection) are applied in the order they were submitted. taken:
    // `done` is called once, on another thread, after the commit. full: `message` was not moved from; keep it, stop
    // reading, and submit it again after when_room().
    virtual Submitted submit(const std::shared_ptr<const Mapper>& mapper, Inbound&& message, std::uint64_t lane,
                             Done done) = 0;
    // Calls back once when there is room again: on another thread, or before this call returns.
    virtual void when_room(std::function<void()> call) = 0;
};

// Reads messages from somewhere. All calls come from the supervisor's thread. One of start() and take_over() is called
// once; stop() any number of times.
class Source {
  public:
    virtual ~Source() = default;
    virtual Result<void> start() = 0;
    // Starts in the place of `before`, a started source that listens on the same place: what listens there stays open,
    // and whoever comes from now on comes to this source; those who are connected stay with the mapper they have. Only
    // stop() and retire() may be called of `before` then, and do nothing. On an error `before` goes on.
    virtual Result<void> take_over(Source& before) = 0;
    // Listens no more; whoever is connected goes on. stop() is called later.
    virtual void retire() = 0;
    // Takes nothing new: what was read is submitted and answered, then connections end. Returns at once.
    virtual void stop() = 0;
    // Where it listens or looks, "127.0.0.1:2575", for people; once started. Empty: nowhere in particular.
    virtual std::string place() const { return {}; }
};

// So many deliveries leave as one, when there are so many or the message of one of them came so long ago. 1: each by
// itself.
struct Together {
    std::size_t most = 1;
    std::chrono::seconds within{0};
};

// Sends one delivery somewhere. An object is used by one thread at a time (a destination with several connections has
// an object for each); may block for as long as its own time-outs allow; must not throw.
class Destination {
  public:
    enum class Verdict : std::uint8_t {
        delivered,
        retry,     // not now: tried again later, later deliveries of the same lane wait
        refused,   // never: a dead letter, the lane goes on
        held,      // not before a person says so; later deliveries of the same lane wait
        in_doubt,  // it may have arrived, and there is no proof
        away,      // nobody is there, and nothing was sent: the whole destination waits, the delivery loses no attempt
        accepted   // the receiver has it and must not get it again; what becomes of it is said apart from this attempt
    };
    struct Answer {
        Verdict verdict = Verdict::delivered;
        std::string detail;  // for people; no patient data
        // retry: the receiver asks not to be tried again sooner; at most an hour of it counts.
        std::chrono::seconds not_within{0};
        std::chrono::milliseconds answer_within{0};  // accepted: it is said so soon, or there is doubt
        // retry, held: nothing was accepted under its number, and this is the one to go on with; 0: it keeps its own.
        std::int64_t next_number = 0;
    };
    virtual ~Destination() = default;
    virtual Answer deliver(const store::DeliveryWork& work) = 0;

    // Of a destination that gathers (Together), instead of deliver(): what leaves as one, in the
    // order of the queue. One answer for each, in their order; never accepted. Of two with a lane in common the later
    // is not to be delivered without the earlier, unless that is refused. What it answered is on disk when it is called
    // again.
    virtual std::vector<Answer> deliver_together(std::span<const store::DeliveryWork* const> works) {
        std::vector<Answer> out;
        for (const auto* work : works) {
            const bool on = out.empty() || out.back().verdict == Verdict::delivered;
            out.push_back(on ? deliver(*work) : out.back());
        }
        return out;
    }

    // What follows is for destinations whose deliver() may answer accepted (docs/specs/acknowledgments.md).
    //
    // What will name the application acknowledgment of this delivery, should it come apart; none: nothing can. Noted
    // before the attempt begins. Any thread, also during deliver().
    virtual std::optional<store::AwaitedReply> expects(const store::DeliveryWork&) const { return std::nullopt; }
    // What the acknowledgment that came apart means (store::Reply::answer); empty: none came in time. Never accepted.
    // Any thread, also during deliver().
    virtual Answer judge(const store::DeliveryWork&, const std::string& answer) const {
        return {Verdict::held, "an answer that nobody asked for: " + answer};
    }
    // Whether an acknowledgment may still come over the connection of this object. If so its thread calls listen() now
    // and then while it has nothing to deliver; what is heard is written down, then it calls heard().
    virtual bool listens() const { return false; }
    // What came since the last heard(). Does not wait.
    virtual std::vector<store::ReplyHeard> listen() { return {}; }
    // All that listen() answered is on disk.
    virtual void heard() {}

    // Ends what the connection is waiting for, so that deliver() returns soon. Any thread.
    virtual void interrupt() {}
};

}  // namespace gantry::runtime
