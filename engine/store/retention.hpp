// Retention: what is old, or too much, is taken away. Records (patients, orders, reports, their documents) and
// revisions of the configuration stay; what goes are contents, and rows of the ledger.
//
//   contents  what was received and what was delivered. The row stays: when, from whom, what became of it, what it
//             changed, the acknowledgment. It can be looked at and not be sent again.
//   messages  the row with its contents, its deliveries, their attempts, and its row of the change log.
//
// Never taken away, however old or many
//   - a message that is pending, held, dead or in doubt, or has such a delivery: it needs its receiver or a person;
//     what a person discarded is finished. What was finished within the last hour waits for the next pass;
//   - a row within the duplicate window: a copy of its message gets its answer again;
//   - the newest row: ids go on after it.
// Nothing that stays depends on a row that goes. A merge is undone from records, not from the change log; the chain of
// a record's changes ends where the change is gone; `duplicate_of` may name a message that is not there any more.
//
// Age is that of the id, the moment of the commit, against the moment that is given: a clock set ahead makes everything
// older.
//
// One call is one transaction over a few hundred rows in the order of ids, found by primary key, and bounded in bytes;
// then it lets others write. A crash between two calls leaves a database as if the pass had ended there, one within a
// call as if that had never begun.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>

#include "engine/base/clock.hpp"
#include "engine/base/result.hpp"

namespace gantry::store {

// What is empty limits nothing.
struct RetentionPolicy {
    std::optional<std::chrono::seconds> content_age, message_age;
    std::optional<std::int64_t> messages;  // the newest that stay
    // Bytes: on SQLite of the database without its free pages, on PostgreSQL of contents and rows, estimated from a
    // sample. Beyond them contents go, oldest first, and when there are none left, messages.
    std::optional<std::int64_t> size;

    bool limits_anything() const { return content_age || message_age || messages || size; }
};

struct Removed {
    std::int64_t contents = 0, messages = 0;  // messages: rows
    std::int64_t bytes = 0;                   // of what was removed, about
    std::int64_t returned = 0;                // bytes given back to the system; on PostgreSQL its autovacuum does that
    bool finished = false;                    // the pass is through; the next call begins another
};

class Retention {
  public:
    virtual ~Retention() = default;
    // The next step of a pass: looks at no more than `most` messages, oldest first. Called by one thread. Errors:
    // storage_unavailable; nothing of the step was done, and the next call tries it again.
    virtual Result<Removed> remove_some(const RetentionPolicy& policy, Instant now, std::size_t most) = 0;
};

}  // namespace gantry::store
