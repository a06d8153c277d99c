// What must be true of the ledger and of the receivers, said a second time and in the simplest way: every message and
// delivery as a value in memory, no queries, no pages, no lanes that wait. Operations are told to it as they happen;
// what cannot be true after them is thrown as Broken.
//
// Where a decision of a person meets a worker, the worker may not have heard of it yet: what it has in hand still
// leaves, as does what it takes in within the sweep in which the decision fell, and until the queue is read from its
// beginning again, two seconds later at most. To them the decision is `fresh`, and they are not judged by it.
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
    // When something happened.
    struct Touch {
        Instant at;
        long sweep = -1, moment = -1;
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
        Touch touched;   // by a person
        Touch taken_in;  // by the worker, to be sent
        std::optional<End> ended;

        bool is_open() const;
        bool shares_lane(const Delivery& other, bool strict) const;
    };
    struct Worker {
        bool strict = false, repeatable = false, hold_doubts = false;
        std::int64_t horizon = 0, shortest_wait = 0;  // microseconds
    };

    void set_now(Instant now, long sweep) { now_ = now, sweep_ = sweep; }

    // outcome: of a message without deliveries.
    void receive(std::int64_t message, Outcome outcome) { messages_[message] = outcome; }
    void queue(Delivery delivery);
    // What a person decides; false: it is left alone.
    bool decide(std::int64_t id, store::Instruction::Action action, const std::optional<std::string>& payload);
    void stop(const std::string& destination, bool stopped);
    bool is_stopped(const std::string& destination) const {
        return stops_.count(destination) && stops_.at(destination).on;
    }

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
    // What is still pending has something in its lanes that a person has to decide. (A lane with such a delivery waits
    // as a whole: also what came before it, when that is pending again.)
    void check_all_made(const std::string& destination, bool strict) const;
    // All of it is finished: it need not be compared any more.
    void close();

    Outcome outcome_of(std::int64_t message) const;
    std::map<Outcome, std::int64_t> sums() const;  // with what was closed
    const std::map<std::int64_t, Outcome>& messages() const { return messages_; }
    const std::map<std::int64_t, Delivery>& deliveries() const { return deliveries_; }

  private:
    struct Stop {
        bool on = false;
        Touch touched;
    };
    Delivery& at(std::int64_t id);
    Touch touch() { return {now_, sweep_, ++moment_}; }
    bool is_fresh(const Touch& touch, const Delivery& for_whom) const;
    void check_order(const Delivery& delivery, bool strict) const;
    void apply(Delivery& delivery, const End& end);

    std::map<std::int64_t, Outcome> messages_;
    std::map<std::int64_t, Delivery> deliveries_;
    std::map<std::string, Stop> stops_;
    std::map<Outcome, std::int64_t> closed_;
    Instant now_;
    long sweep_ = 0, moment_ = 0;
};

}  // namespace gantry::durability
