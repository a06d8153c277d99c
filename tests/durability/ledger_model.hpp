// What must be true of the ledger and of the receivers, said a second time and in the simplest way: every message and
// delivery as a value in memory, no queries, no pages, no lanes that wait. Operations are told to it as they happen;
// what cannot be true after them is thrown as Broken.
//
// Where a decision of a person meets a worker, the worker may not know of it: what it has in hand still leaves. What it
// knows is what was there when it read: a delivery is judged by what was decided about it before it was loaded, or
// before the worker was told to look again; by stops before the page it is on was read, or likewise; and its place in
// its lanes by what was decided about others before the queue was last read from its beginning.
//
// Retention is the same: what must be gone after a whole pass, said without pages, steps and queries.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/runtime/ports.hpp"

namespace gantry::durability {

class Broken : public std::runtime_error {
    using std::runtime_error::runtime_error;
};
inline void require(bool holds, const std::string& what) {
    if (!holds) throw Broken(what);
}

class LedgerModel {
  public:
    using Outcome = effects::Outcome;
    using Attempt = store::Deliveries::Attempt;

    // How an attempt ended, while that is not recorded yet.
    struct End {
        Outcome state = Outcome::pending;
        Attempt::Kind kind = Attempt::Kind::made;
        Instant not_before;
    };
    // When something happened, in the order of all that happens; none: never.
    using Moment = long;
    static constexpr Moment never = -1;
    // What a worker knew when it took a delivery in.
    struct Knowledge {
        Moment loaded = never, page = never, whole = never, held = never;
    };
    struct Delivery {
        std::int64_t id = 0, message = 0;
        std::string destination, payload;
        std::set<std::string> lanes;
        Outcome state = Outcome::pending;
        int attempts = 0, doubts = 0, decisions = 0;
        bool begun = false;    // on disk
        bool in_hand = false;  // of the worker that began it; begun and in no hand: it may have arrived
        int taken = 0;         // by its receiver
        int allowed = 1;       // to be taken, without a doubt
        bool sent = false;     // since the last recorded end
        Instant not_before;
        Moment touched = never;  // by a person
        Knowledge known;         // to the worker that has it in hand
        Instant finished;        // 0: it is not
        std::optional<End> ended;

        bool is_open() const;
        bool shares_lane(const Delivery& other, bool strict) const;
    };
    struct Worker {
        bool strict = false, repeatable = false, hold_doubts = false;
        std::int64_t horizon = 0, shortest_wait = 0;  // microseconds
    };

    void set_now(Instant now) { now_ = now; }

    // outcome: of a message without deliveries.
    void receive(std::int64_t message, Outcome outcome) { messages_[message] = {outcome}; }
    void queue(Delivery delivery);
    // What a person decides; false: it is left alone.
    bool decide(std::int64_t id, store::Instruction::Action action, const std::optional<std::string>& payload);
    void stop(const std::string& destination, bool stopped);
    bool is_stopped(const std::string& destination) const {
        return stops_.count(destination) && stops_.at(destination).on;
    }

    // The worker of a destination was told that something was decided.
    void look_again(const std::string& destination) { told_[destination] = ++moment_; }
    // It has read a page of its queue, or begins to read it from its beginning.
    void read_page(const std::string& destination) { readings_[destination].page = ++moment_; }
    void read_anew(const std::string& destination) { readings_[destination].whole = ++moment_; }

    // It has asked which held ones may have arrived.
    void read_held(const std::string& destination) { readings_[destination].held = ++moment_; }

    void begin(std::span<const DeliveryId> deliveries);
    // A worker has read them, to send them.
    void take_in_hand(std::span<const DeliveryId> deliveries);
    // A delivery is handed to its receiver.
    void send(const store::DeliveryWork& work, const Worker& worker);
    void take(std::int64_t id);
    void end(const store::DeliveryWork& work, runtime::Destination::Verdict verdict, const Worker& worker);
    void record(std::span<const Attempt> attempts, const Worker& worker);
    // The worker of a destination is gone, and what it had in mind with it.
    void forget_worker(const std::string& destination);
    // After a sweep in which nothing failed.
    void check_nothing_in_hand(const std::string& destination) const;
    // What is still pending has something before it in its lanes that a person has to decide.
    void check_all_made(const std::string& destination, bool strict) const;
    // A whole pass of retention at this moment: what it has to take away.
    struct Removed {
        std::int64_t contents = 0, messages = 0;
    };
    Removed retain(const store::RetentionPolicy& policy, std::chrono::seconds duplicate_window);
    // All of it is finished: its deliveries need not be compared any more.
    void close();

    struct Message {
        Outcome outcome = Outcome::pending;  // while it has deliveries: theirs
        Instant finished;                    // once it is closed
        bool content = true;
    };
    Outcome outcome_of(std::int64_t message) const;
    std::map<Outcome, std::int64_t> sums() const;  // with what was closed
    // Those that were not closed, and those that were.
    const std::map<std::int64_t, Message>& messages() const { return messages_; }
    const std::map<std::int64_t, Message>& closed() const { return closed_; }
    const std::map<std::int64_t, Delivery>& deliveries() const { return deliveries_; }
    std::int64_t contents() const;  // messages that have theirs

  private:
    struct Stop {
        bool on = false;
        Moment touched = never;
    };
    using Messages = std::map<std::int64_t, Message>;
    Delivery& at(std::int64_t id);
    bool is_told(Moment touched, const std::string& destination) const;
    void check_order(const Delivery& delivery, bool strict) const;
    void apply(Delivery& delivery, const End& end);
    std::vector<const Delivery*> deliveries_of(std::int64_t message) const;
    bool is_needed(std::int64_t id, const Message& message) const;
    std::int64_t remove_contents(std::int64_t before);
    std::int64_t remove_messages(std::int64_t before, std::int64_t most);
    std::int64_t remove_messages(Messages& from, std::int64_t before, std::int64_t most);

    Messages messages_, closed_;
    std::map<std::int64_t, Delivery> deliveries_;
    std::map<std::string, Stop> stops_;
    std::map<std::string, Knowledge> readings_;  // the last ones
    std::map<std::string, Moment> told_;
    Instant now_;
    Moment moment_ = 0;
};

}  // namespace gantry::durability
