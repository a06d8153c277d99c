// Works off one destination's queue: in arrival order per lane (ordering key), at least once, every attempt recorded.
//
//   coordinator thread   records what ended, reads the queue, notes that attempts begin, hands them out
//   sender threads       one per connection: an attempt at a time, whatever is first in its lanes
//
// The queue is the database; nothing is loaded whole. A lane whose delivery failed waits for its retry; the other lanes
// go on. Where nobody is there at all, the whole destination waits and one delivery is tried at a time.
//
// Where deliveries are ranked, the urgent ones and what is ahead of them in their lanes are looked for first, by an
// index, however long the queue is; a little room is kept for them, so that they need not wait until what is in hand
// has gone.
//
// What may arrive twice, and what is said about it: that an attempt begins is on disk before its first byte leaves, so
// that after a crash the deliveries whose end is unknown are known; each gets an attempt "in doubt" in the ledger, and
// is sent again or waits for a person, as the destination wants it. What ended and could not be recorded is recorded
// later, not sent again, and nothing new begins meanwhile.
//
// A delivery that its receiver has accepted waits, in the queue, for its application acknowledgment; its lanes wait as
// for a person. What comes apart from an attempt is in the queue before this worker knows of it: the queue is read, the
// destination judges it, and that is recorded like an attempt.
//
// Where several leave as one they are gathered in hand, and nothing has begun until there are enough or it is time: a
// crash meanwhile leaves them in the queue. One attempt ends for all of them, and is recorded before the next begins.
//
// The clock may be set back: waits that were written down in the time it showed before would be longer by as much. Such
// a wait is known by being longer than any can be, and is over; one for a receiver that is away, or for the rate, too.
//
// Lock order: mutex_ is taken last; nothing is called out while it is held.
#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "engine/runtime/lanes.hpp"
#include "engine/runtime/ports.hpp"
#include "engine/runtime/retry_policy.hpp"

namespace gantry::runtime {

class DeliveryWorker {
  public:
    enum class InDoubt : std::uint8_t { resend, hold };
    struct Options {
        std::string destination;  // "channel/name"
        RetryPolicy retry;
        std::size_t page = 256;
        bool numbered = false;    // each goes out under a number of its own, one at a time; wants strict
        bool strict = false;      // one lane for all: arrival order over the whole destination
        bool ranked = false;      // urgent deliveries go first, with what is ahead of them in their lanes; not strict
        bool repeatable = false;  // to send again changes nothing: that attempts begin is not noted
        InDoubt in_doubt = InDoubt::resend;
        std::size_t connections = 1;
        std::size_t rate = 0;  // attempts per second, at most; 0: as fast as it goes
        Together together{};   // wants one connection

        std::size_t window() const;  // deliveries in hand, at most
    };
    // targets: one for each connection, at least one. They, queue, clock and events must outlive the worker.
    DeliveryWorker(Options options, std::vector<Destination*> targets, store::Deliveries& queue, const Clock& clock,
                   events::Sink& events);
    ~DeliveryWorker();

    void start();
    // Returns when the attempts under way have ended and are recorded; those that take long are interrupted.
    void stop();
    // There may be something new. Any thread; never blocks for long.
    void wake();
    // A person has decided something about this queue, and the database has it: from now on nothing begins before that
    // was looked at. What is released is seen at once, and what is no longer to be sent is given back. Any thread;
    // never blocks for long.
    void look_again();
    // An answer to one of its deliveries is in the queue that came apart from the attempt. Any thread; as wake().
    void answer_came();

    // One pass over the queue on the caller's thread, for tests and dry runs: never of a worker that was started. True
    // when anything was attempted.
    bool sweep();

  private:
    using Attempts = std::vector<store::Deliveries::Attempt>;
    using Lock = std::unique_lock<std::mutex>;
    struct Away {
        int failures = 0;  // 0: somebody is there
        Instant until;
    };

    void coordinate();
    void send(Destination& target);
    Instant next_look() const;
    bool may_read(Instant now) const;
    void look_at_clock(Instant now);
    Instant due(const store::DeliveryHead& head, Instant now) const;
    std::size_t room() const;
    std::size_t room_for_urgent() const;

    bool record();  // as read()
    // False when the database could not be asked or written.
    bool read();
    // No transaction that brings messages in takes longer, in microseconds: what it adds appears so late at most.
    static constexpr std::int64_t latest_appearance = 60'000'000;
    // So many keys that fail are no longer single mistakes: nothing new is read until some of them are due again.
    static constexpr std::size_t most_waiting_lanes = 10'000;
    bool start_over(Instant now);
    bool read_urgent();
    enum class Ranked : std::uint8_t { failed, partly, all };
    Ranked rank();
    bool explain_held();       // as read()
    bool settle_doubts();      // as read()
    bool look_at_decisions();  // as read()
    struct Choice {
        std::vector<DeliveryId> chosen;
        std::vector<store::DeliveryHead> answered;  // or not in time
        Attempts doubts;
        bool again = false;  // the queue has to be read anew before more of it can be chosen
        bool full = false;   // there was no room for more
    };
    Choice choose(const std::vector<store::DeliveryHead>& page);
    Choice choose_urgent(const std::vector<store::DeliveryHead>& page);
    bool consider(const store::DeliveryHead& head, Instant now, Choice& choice);
    bool take_up(const Choice& choice);
    std::vector<store::DeliveryHead> to_hurry(const std::vector<store::DeliveryHead>& urgent) const;
    bool is_unrecorded(DeliveryId id, bool& comes_again) const;
    bool expect(const std::vector<store::DeliveryWork>& works);
    bool judge(const std::vector<store::DeliveryHead>& answered);
    store::Deliveries::Attempt doubt_about(const store::DeliveryHead& head) const;
    bool begin(const std::vector<DeliveryId>& chosen);
    void give_back(const std::vector<DeliveryId>& chosen);
    void take_in(const std::vector<DeliveryId>& chosen, std::vector<store::DeliveryWork> works);
    void finish_what_is_left();

    std::optional<store::DeliveryWork> take(Destination& target);
    void listen(Destination& target);
    std::optional<store::DeliveryWork> take_now();
    using Works = std::vector<store::DeliveryWork>;
    bool gathers() const { return options_.together.most > 1; }
    void send_together(Destination& target);
    Works take_together();
    // Those that leave now; if none do, `at` is when to look again.
    std::vector<DeliveryId> gathered(Instant now, std::optional<Instant>& at) const;
    Works take_together_now();
    Works taken(const std::vector<DeliveryId>& together);
    void attempt_together(Destination& target, const Works& works);
    bool slot_free(Instant now) const;
    void use_slot(Instant now);
    void attempt(Destination& target, const store::DeliveryWork& work);
    store::Deliveries::Attempt judged(const store::DeliveryWork& work, Destination::Answer answer, Instant started);
    void ended(const store::DeliveryWork& work, const store::Deliveries::Attempt& attempt, bool away);
    void now_away(Instant now);
    void not_made(const std::vector<DeliveryId>& deliveries);
    void tell(const store::Deliveries::Attempt& attempt, std::int64_t attempts) const;
    void tell_presence(bool away) const;
    Lanes::Names lanes_of(const std::string& lane) const;

    Options options_;
    std::vector<Destination*> targets_;
    store::Deliveries& queue_;
    const Clock& clock_;
    events::Sink& events_;

    mutable std::mutex mutex_;  // over all that follows
    std::condition_variable changed_, sendable_;
    Lanes lanes_;
    std::map<DeliveryId, store::DeliveryWork> prepared_;  // begun, and not sent yet
    Attempts ended_;                                      // not recorded yet
    bool recording_ = false;                              // what had ended is being recorded
    Away away_;
    Instant next_slot_;  // no attempt before, by the rate
    Instant latest_;     // that the clock has shown when it was last looked at
    Instant set_back_;   // what it had shown when it was set back
    std::minstd_rand random_;
    bool woken_ = true, stopping_ = false;
    std::uint64_t decisions_ = 0, regarded_ = 0;  // of persons; nothing begins while they differ
    bool doubts_answered_ = true;                 // perhaps, since they were looked at
    bool anew_ = false;                           // the next reading begins with the first of the queue
    Instant answer_came_;                         // apart from its attempt, the last

    // The coordinator's own.
    DeliveryId seen_;               // everything up to here was looked at since the queue was read from its beginning
    std::optional<Instant> swept_;  // when that was; none: the next reading begins there
    DeliveryId urgent_seen_;        // as seen_, of the urgent ones
    DeliveryId ranked_;             // everything up to here has a rank
    std::optional<Instant> ranked_all_;  // when everything had for the first time
    bool explained_ = false;             // held ones that an earlier run had begun have their doubt
    bool unrecorded_ = false;            // what ended could not be recorded, and that was said
    bool trouble_ = false;               // the database could not be used

    std::thread coordinator_;
    std::vector<std::thread> senders_;
};

}  // namespace gantry::runtime
