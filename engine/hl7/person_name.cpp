#include "engine/hl7/person_name.hpp"

#include <algorithm>

namespace gantry::hl7 {
namespace {

std::string clean(const Piece& piece) {
    if (!piece.valued()) return {};
    auto text = piece.text();
    for (char& c : text)
        if (c == '^' || c == '=' || c == '\\' || (static_cast<unsigned char>(c) < 0x20) || c == 0x7F) c = ' ';
    const auto first = text.find_first_not_of(' ');
    return first == std::string::npos ? std::string() : text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

// Family to degree in consecutive components, the first of them number `first`.
PersonName by_components(const Piece& repetition, std::size_t first) {
    auto part = [&](std::size_t n) { return clean(repetition.component(first + n).subcomponent(1)); };
    return {part(0), part(1), part(2), part(3), part(4), part(5)};
}

PersonName by_subcomponents(const Piece& component, std::size_t first) {
    auto part = [&](std::size_t n) { return clean(component.subcomponent(first + n)); };
    return {part(0), part(1), part(2), part(3), part(4), part(5)};
}

std::string joined(const std::string& a, const std::string& b) {
    return a.empty() ? b : b.empty() ? a : a + " " + b;
}

void trim_end(std::string& text, char c) {
    text.erase(text.find_last_not_of(c) + 1);
}

using Reader = PersonName (*)(const Piece&);

// representation: the component that holds A, I or P. same_id: only repetitions of the first one's person.
std::string three_groups(const Piece& field, Reader read, std::size_t representation, bool same_id) {
    std::string groups[3];
    bool taken[3] = {};
    const auto repetitions = field.each_repetition();
    for (const auto& repetition : repetitions) {
        const auto code = repetition.component(representation).text();
        const std::size_t group = code == "I" ? 1 : code == "P" ? 2 : 0;
        if (taken[group] || (same_id && repetition.component(1).raw() != repetitions.front().component(1).raw()))
            continue;
        taken[group] = true;
        groups[group] = dicom_name(read(repetition));
    }
    auto out = groups[0] + "=" + groups[1] + "=" + groups[2];
    trim_end(out, '=');
    return out;
}

}  // namespace

PersonName xpn(const Piece& repetition) {
    return by_components(repetition, 1);
}
PersonName xcn(const Piece& repetition) {
    return by_components(repetition, 2);
}

PersonName cnn_or_xcn(const Piece& repetition) {
    const auto first = repetition.component(1);
    const bool divided = !first.subcomponent(2).empty() || !first.subcomponent(3).empty();
    if (divided) return by_subcomponents(first, 2);
    // NDL has the start of the work in component 2: a number is no family name.
    const auto second = repetition.component(2).raw();
    if (!second.empty() && std::all_of(second.begin(), second.end(), [](char c) { return c <= '9'; })) return {};
    return xcn(repetition);
}

std::string dicom_name(const PersonName& name) {
    auto out =
        name.family + "^" + name.given + "^" + name.middle + "^" + name.prefix + "^" + joined(name.suffix, name.degree);
    trim_end(out, '^');
    return out;
}

std::string dicom_name_of_xpn(const Piece& field) {
    return three_groups(field, xpn, 8, false);
}
std::string dicom_name_of_xcn(const Piece& field) {
    return three_groups(field, xcn, 15, true);
}
std::string dicom_name_of_cnn(const Piece& field) {
    return dicom_name(cnn_or_xcn(field.repetition(1)));
}

}  // namespace gantry::hl7
