// Which segments belong to what a section made: kept by value, so that a script can look into them after the section's
// own places are gone.
#pragma once
#include <array>
#include <cstddef>
#include <vector>

#include "engine/hl7/path.hpp"

namespace gantry::mappings {

// Ranges of segments that are looked into one after the other, the last of them what stands before the first group.
class MessagePart {
  public:
    static MessagePart of(const hl7::Scope& scope) {
        MessagePart out;
        for (const auto* at = &scope; at && out.count_ < most; at = at->outer)
            out.ranges_[out.count_++] = {at->message, at->begin, at->end, nullptr};
        return out;
    }

    // The scopes linked to each other. They lie in the part: it stays where it is while they are used. without_common:
    // for segments that count only inside their group.
    const hl7::Scope& scope(bool without_common = false) {
        const auto last = count_ - (without_common && count_ > 1 ? 1 : 0);
        for (std::size_t i = 0; i < last; ++i) ranges_[i].outer = i + 1 < last ? &ranges_[i + 1] : nullptr;
        return ranges_[0];
    }

  private:
    static constexpr std::size_t most = 5;  // step, OBR, ORC, what stands before
    std::array<hl7::Scope, most> ranges_{};
    std::size_t count_ = 0;
};

struct OrderParts {
    MessagePart order;
    std::vector<MessagePart> steps;
};

}  // namespace gantry::mappings
