// Character sets (PS3.3 C.12.1.1.2): which one to use for a peer, and writing UTF-8 text in it. What it
// cannot say is written in Latin letters, else as `?`: an order never fails over a character set.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/dicom/dataset.hpp"

namespace gantry::dicom {

// Writes text in one character set. One thread.
class TextEncoder {
  public:
    // term: defined term, "ISO_IR 100", "ISO 2022 IR 87", "ISO 2022 IR 13\\ISO 2022 IR 87", …; empty: ASCII. Unknown
    // terms write ASCII with known() false.
    explicit TextEncoder(std::string_view term);
    ~TextEncoder();
    TextEncoder(TextEncoder&&) noexcept;
    TextEncoder& operator=(TextEncoder&&) noexcept;

    bool known() const;
    // The value of (0008,0005); empty: the attribute is not needed.
    std::string attribute_value() const;
    bool can_say(std::string_view utf8);
    std::string encode(std::string_view utf8);
    // A person's name (PN). Ideographic and phonetic groups that cannot be said are left out rather than spelled
    // wrongly; a name that has no alphabetic group then gets one, from the phonetic group when there is one.
    std::string encode_name(std::string_view utf8);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// Japanese text with its code extensions (ISO_IR 13, ISO 2022 IR 13, 87 and 159; PS3.5 annex H) as UTF-8, whichever of
// them it uses. Nothing when it is something else.
std::optional<std::string> decoded_japanese(std::string_view bytes);

// True when the VR's values are written in (0008,0005) and not in ASCII.
bool in_character_set(Vr vr);

// The character sets one peer can read. One thread.
class ReadableSets {
  public:
    // terms: defined terms, best first. Empty: ISO_IR 100, ISO_IR 192.
    explicit ReadableSets(const std::vector<std::string>& terms);
    // ASCII when it is enough; else the first that can say all of the text, else the last.
    TextEncoder& choose(const Dataset& answer);

  private:
    TextEncoder ascii_;
    std::vector<TextEncoder> sets_;
};

// The defined terms that TextEncoder knows, for people.
std::vector<std::string> known_character_sets();

}  // namespace gantry::dicom
