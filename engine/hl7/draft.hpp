// A message that is changed and written again: a copy of one that was received, segment by segment. What is not touched
// keeps its bytes, escapes and empty fields included.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/hl7/message.hpp"

namespace gantry::hl7 {

// A place in one segment, counted from 1; 0: the whole of what is above it. Below a component or subcomponent that is
// named, the first repetition and component are meant.
struct DraftPlace {
    std::size_t field = 1, repetition = 0, component = 0, subcomponent = 0;
};

class Draft {
  public:
    explicit Draft(const Message& message);

    std::size_t segments() const { return segments_.size(); }
    std::string_view id(std::size_t index) const { return std::string_view(segments_[index]).substr(0, 3); }
    const Delimiters& delimiters() const { return delimiters_; }

    // What stands there is replaced; what has to be before it is made, empty. raw: with delimiters and escapes already.
    // MSH-1 and MSH-2 cannot be changed: the call has no effect.
    void set_raw(std::size_t segment, const DraftPlace& place, std::string_view raw);
    void set_text(std::size_t segment, const DraftPlace& place, std::string_view text);

    void erase(std::size_t segment);
    void insert(std::size_t before, std::string_view id);

    // Segments end with CR; empty fields at the end of a segment that was changed are left out.
    std::string text() const;

  private:
    Delimiters delimiters_;
    std::vector<std::string> segments_;
};

}  // namespace gantry::hl7
