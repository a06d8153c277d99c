// The character set of an answer (PS3.3 C.12.1.1.2): which one to use for a peer, and writing UTF-8 text in it. A
// character that cannot be said is written by its base letters, else as `?`: an order never fails over a character set.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/dicom/dataset.hpp"

namespace gantry::dicom {

// Writes text in one character set. One thread.
class TextEncoder {
  public:
    // term: defined term, "ISO_IR 100", "ISO 2022 IR 87", …; empty: ASCII. Unknown terms write ASCII with known()
    // false.
    explicit TextEncoder(std::string_view term);
    ~TextEncoder();
    TextEncoder(TextEncoder&&) noexcept;
    TextEncoder& operator=(TextEncoder&&) noexcept;

    bool known() const;
    // The value of (0008,0005); empty: the attribute is not needed.
    std::string attribute_value() const;
    // lossy: when given, set to true if a character could not be said as it is, else left alone.
    std::string encode(std::string_view utf8, bool* lossy = nullptr);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// True when the VR's values are written in (0008,0005) and not in ASCII.
bool in_character_set(Vr vr);

// Defined term for the answer: the first of `readable` that can say all of it, else the last of them. ASCII is tried
// first always. Empty `readable`: ISO_IR 100, ISO_IR 192.
std::string choose_character_set(const Dataset& answer, const std::vector<std::string>& readable);

}  // namespace gantry::dicom
