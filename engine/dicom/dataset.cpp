#include "engine/dicom/dataset.hpp"

#include <algorithm>
#include <cstdio>

namespace gantry::dicom {

std::string to_text(Tag tag) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "(%04X,%04X)", tag.group, tag.element);
    return text.data();
}

const Element* Dataset::find(Tag tag) const {
    const auto found = std::find_if(elements.begin(), elements.end(), [&](const Element& e) { return e.tag == tag; });
    return found == elements.end() ? nullptr : &*found;
}

std::string Dataset::value(Tag tag) const {
    const Element* element = find(tag);
    return element ? std::string(trimmed(element->value)) : std::string();
}

bool Dataset::empty() const {
    return elements.empty();
}

std::string_view trimmed(std::string_view value) {
    constexpr std::string_view padding(" \0", 2);
    const auto first = value.find_first_not_of(padding);
    if (first == std::string_view::npos) return {};
    return value.substr(first, value.find_last_not_of(padding) - first + 1);
}

std::vector<std::string> values_of(std::string_view value) {
    std::vector<std::string> out;
    while (!value.empty()) {
        const auto end = value.find('\\');
        if (const auto one = trimmed(value.substr(0, end)); !one.empty()) out.emplace_back(one);
        value = end == std::string_view::npos ? std::string_view() : value.substr(end + 1);
    }
    return out;
}

}  // namespace gantry::dicom
