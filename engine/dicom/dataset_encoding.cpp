#include "engine/dicom/dataset_encoding.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <vector>

#include "engine/dicom/tags.hpp"

namespace gantry::dicom {
namespace {

constexpr Tag item_tag{0xFFFE, 0xE000};
constexpr std::size_t longest_short = 0xFFFE;  // what a length of two bytes holds

void append_number(std::string& out, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i & 0xFF);
}

void append_tag(std::string& out, Tag tag) {
    append_number(out, tag.group, 2);
    append_number(out, tag.element, 2);
}

std::uint32_t size_of(const std::string& value) {
    return static_cast<std::uint32_t>(value.size());
}

// A length of four bytes after two that are reserved (PS3.5 table 7.1-1).
bool has_long_length(Vr vr) {
    constexpr std::array<std::string_view, 13> all{"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                                   "SV", "UC", "UN", "UR", "UT", "UV"};
    return std::find(all.begin(), all.end(), vr.text()) != all.end();
}

// A key may come with a representation that is none.
Vr written(Vr vr) {
    const bool letters = std::all_of(vr.letters.begin(), vr.letters.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    return letters ? vr : Vr("UN");
}

class Writer {
  public:
    Writer(TextEncoder& encoder, Encoding encoding) : encoder_(encoder), encoding_(encoding) {}

    // character_set: null where none is to be named.
    void dataset(std::string& out, const Dataset& dataset, const Element* character_set = nullptr) {
        std::vector<const Element*> elements;
        if (character_set) elements.push_back(character_set);
        for (const auto& element : dataset.elements) elements.push_back(&element);
        std::stable_sort(elements.begin(), elements.end(), [](auto* a, auto* b) { return a->tag < b->tag; });
        for (const auto* element : elements) this->element(out, *element);
    }

  private:
    void element(std::string& out, const Element& element) {
        if (element.vr == Vr("SQ")) return with_head(out, element.tag, element.vr, items(element));
        auto value = bytes_of(element);
        if (value.size() % 2 != 0) value += element.vr == Vr("UI") ? '\0' : ' ';
        with_head(out, element.tag, written(element.vr), value);
    }

    std::string items(const Element& element) {
        std::string out;
        for (const auto& one : element.items) {
            std::string content;
            dataset(content, one);
            append_tag(out, item_tag);
            append_number(out, size_of(content), 4);
            out += content;
        }
        return out;
    }

    std::string bytes_of(const Element& element) {
        if (element.vr == Vr("PN")) return encoder_.encode_name(element.value);
        if (in_character_set(element.vr)) return encoder_.encode(element.value);
        return element.vr == Vr("US") ? unsigned_shorts(element.value) : element.value;
    }

    static std::string unsigned_shorts(const std::string& text) {
        std::string out;
        for (const auto& one : values_of(text)) {
            std::uint16_t number = 0;
            std::from_chars(one.data(), one.data() + one.size(), number);
            append_number(out, number, 2);
        }
        return out;
    }

    void with_head(std::string& out, Tag tag, Vr vr, std::string value) const {
        append_tag(out, tag);
        if (encoding_ == Encoding::explicit_vr) out.append(vr.text());
        if (encoding_ == Encoding::implicit_vr) {
            append_number(out, size_of(value), 4);
        } else if (has_long_length(vr)) {
            append_number(out, 0, 2);
            append_number(out, size_of(value), 4);
        } else {
            if (value.size() > longest_short) value.resize(longest_short);
            append_number(out, size_of(value), 2);
        }
        out += value;
    }

    TextEncoder& encoder_;
    Encoding encoding_;
};

}  // namespace

std::string encoded(const Dataset& dataset, TextEncoder& encoder, Encoding encoding) {
    std::string out;
    const Element character_set{tags::SpecificCharacterSet, "CS", encoder.attribute_value(), {}};
    Writer(encoder, encoding).dataset(out, dataset, character_set.value.empty() ? nullptr : &character_set);
    return out;
}

}  // namespace gantry::dicom
