// The parts of validate(): order and number of segments; what one segment holds. Private to this room.
#pragma once
#include <string>
#include <vector>

#include "engine/structures/validation.hpp"

namespace gantry::structures {

// Problems as they are found, up to a limit.
class Problems {
  public:
    explicit Problems(std::size_t limit) : limit_(limit) {}
    bool full() const { return all_.size() >= limit_; }
    void add(Problem problem) {
        if (!full()) all_.push_back(std::move(problem));
    }
    std::vector<Problem> take() && { return std::move(all_); }

  private:
    std::size_t limit_;
    std::vector<Problem> all_;
};

// occurrences: of each segment of the message, which one of its id it is, from 1.
void check_structure(const hl7::Message& message, const MessageTree& tree, const std::vector<std::size_t>& occurrences,
                     Problems& problems);

// version: whose segment definition counts. Segments it does not have are not looked into.
void check_segment(const hl7::Segment& segment, std::size_t occurrence, const Version& version, Problems& problems);

}  // namespace gantry::structures
