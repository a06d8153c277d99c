// A DICOM data set as plain values, without DCMTK: what query decoding, matching and answer building work on. Text is
// UTF-8 here whatever (0008,0005) said or will say on the wire; several values are separated by `\` (PS3.5 6.4).
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::dicom {

struct Tag {
    std::uint16_t group = 0, element = 0;
    auto operator<=>(const Tag&) const = default;
};
std::string to_text(Tag tag);  // "(0010,0020)"

// A value representation, two letters (PS3.5 6.2).
struct Vr {
    std::array<char, 2> letters{'U', 'N'};
    constexpr Vr() = default;
    constexpr Vr(const char (&text)[3]) : letters{text[0], text[1]} {}
    std::string_view text() const { return {letters.data(), letters.size()}; }
    bool operator==(const Vr&) const = default;
};

struct Element;

struct Dataset {
    std::vector<Element> elements;  // in the order they came or were added

    // The first element with the tag, else null. The pointer lives as long as the data set is not changed.
    const Element* find(Tag tag) const;
    // Its trimmed value; empty when it is not there.
    std::string value(Tag tag) const;
    bool empty() const;
};

// A sequence has items, everything else a value.
struct Element {
    Tag tag;
    Vr vr;
    std::string value;
    std::vector<Dataset> items;
};

// Without leading and trailing spaces and NULs, which are padding or not significant in every VR a query can hold.
std::string_view trimmed(std::string_view value);
// The values between `\`, each trimmed; an empty value has none.
std::vector<std::string> values_of(std::string_view value);

}  // namespace gantry::dicom
