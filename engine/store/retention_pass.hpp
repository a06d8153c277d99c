// What a pass of retention does in which order, the same for every database; and what it asks of one.
//
//   contents by age → rows by age → rows by number → contents by size → rows by size → pages back to the system
//
// How much is too many, or too much, is looked up when the pass comes to it, so that each goal counts what those before
// it have done.
#pragma once
#include <deque>
#include <vector>

#include "engine/store/retention.hpp"

namespace gantry::store {

// Messages to look at, in the order of their ids, in one transaction.
struct RetentionPart {
    bool rows = false;  // else only contents, of those that have one
    std::int64_t after = 0, before = 0;
    std::size_t most = 0;  // to look at
    std::int64_t most_removed = 0;
    std::int64_t most_bytes = 0;  // ends with the one that reaches it
    Instant finished;             // what was finished later has to wait
};

struct RetentionCandidate {
    std::int64_t id = 0, bytes = 0;
    bool needed = false;
};

struct RetentionChoice {
    std::vector<std::int64_t> ids;  // to remove
    std::int64_t bytes = 0;         // that they take
    std::int64_t last = 0;          // that was looked at; 0: there was nothing to look at
};
// Pure. candidates: in the order of their ids.
RetentionChoice choose(const std::vector<RetentionCandidate>& candidates, const RetentionPart& part);

// One database. Called by one thread; failures are exceptions.
class RetentionRows {
  public:
    virtual ~RetentionRows() = default;
    // One transaction: what it answers is gone.
    virtual RetentionChoice remove(const RetentionPart& part) = 0;
    virtual std::int64_t newest() = 0;  // the largest id of a message; 0: there is none
    virtual std::int64_t messages() = 0;
    virtual std::int64_t bytes_used() = 0;
    // Some of what is free, in a short time; the bytes given back, 0 when there is nothing more.
    virtual std::int64_t give_back() = 0;
};

class RetentionPass final : public Retention {
  public:
    RetentionPass(RetentionRows& rows, std::chrono::seconds duplicate_window)
        : rows_(rows), duplicate_window_(duplicate_window) {}
    Result<Removed> remove_some(const RetentionPolicy& policy, Instant now, std::size_t most) override;

  private:
    struct Goal {
        enum class Kind : std::uint8_t { age, number, size, free_pages } kind = Kind::age;
        bool rows = false;
        std::int64_t before = 0;
        std::int64_t limit = 0;  // of number and size
        std::int64_t after = 0;
        bool begun = false;
        std::int64_t rows_left = INT64_MAX, bytes_left = INT64_MAX;
    };
    void plan(const RetentionPolicy& policy, Instant now);
    void begin(Goal& goal);
    // Whether the goal is reached, or as far as it can be.
    bool step(Goal& goal, Instant now, std::size_t most, Removed& removed);

    RetentionRows& rows_;
    std::chrono::seconds duplicate_window_;
    std::deque<Goal> goals_;
};

}  // namespace gantry::store
