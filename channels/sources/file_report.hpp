// Why a file went to the error directory, for the person who finds it there: which message, what is wrong with it, what
// to do. It names messages by their number in the file and their id in the engine, and quotes nothing of them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/store/store.hpp"

namespace gantry::channels {

// Whether the sender was told something else than "accepted" (MSA-1 AA or CA). A message that is rejected or held is
// refused; one whose order cannot be changed any more is refused too, although it was recorded.
bool is_refusal(const store::Committed& committed);

class FileReport {
  public:
    // number: counted from 1. Of a message that was refused.
    void refused(std::size_t number, const store::Committed& committed);
    // Something about the file as a whole.
    void whole(const std::string& what, const std::string& what_to_do);

    bool empty() const { return lines_.empty(); }
    // messages: how many the file has, and how many of them were taken.
    std::string text(std::size_t messages, std::size_t taken) const;

  private:
    void add(std::string what, const std::string& what_to_do);
    std::vector<std::string> lines_;  // the first of them
    std::size_t more_ = 0;
};

}  // namespace gantry::channels
