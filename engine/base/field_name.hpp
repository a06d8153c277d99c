// The name of a field of a message, "PV1-44": a segment id and a number, and never anything else that a message says.
// So it may stand in logs and metrics.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry {

class FieldName {
  public:
    FieldName() = default;
    // What is not a segment id (three capitals or digits) becomes "???".
    FieldName(std::string_view segment, std::size_t field)
        : field_(static_cast<std::uint16_t>(field < UINT16_MAX ? field : UINT16_MAX)) {
        if (segment.size() != segment_.size()) return;
        for (const char c : segment)
            if ((c < 'A' || c > 'Z') && (c < '0' || c > '9')) return;
        for (std::size_t i = 0; i < segment_.size(); ++i) segment_[i] = segment[i];
    }
    std::string text() const { return std::string(segment_.data(), segment_.size()) + "-" + std::to_string(field_); }
    auto operator<=>(const FieldName&) const = default;

  private:
    std::array<char, 3> segment_{'?', '?', '?'};
    std::uint16_t field_ = 0;
};

}  // namespace gantry
