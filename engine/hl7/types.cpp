#include "engine/hl7/types.hpp"

namespace gantry::hl7 {
namespace {

std::string text_of(const Piece& piece) {
    return piece.valued() ? piece.text() : std::string();
}
std::string text_of(const Piece& piece, std::size_t component) {
    return text_of(piece.component(component));
}

// For a component that may be divided though its type says it is not.
std::string first_text(const Piece& piece, std::size_t component) {
    return text_of(piece.component(component).subcomponent(1));
}

}  // namespace

std::string hierarchic_designator(const Piece& component) {
    auto name = text_of(component.subcomponent(1));
    return name.empty() ? text_of(component.subcomponent(2)) : name;
}

Identifier identifier(const Piece& cx) {
    const auto authority = cx.component(4);
    return {first_text(cx, 1), hierarchic_designator(authority), text_of(authority.subcomponent(2)),
            text_of(authority.subcomponent(3)), first_text(cx, 5)};
}

EntityIdentifier entity_identifier(const Piece& ei) {
    return {first_text(ei, 1), first_text(ei, 2), first_text(ei, 3), first_text(ei, 4)};
}

EntityIdentifier placer_of_pair(const Piece& eip) {
    const auto placer = eip.component(1);
    return {text_of(placer.subcomponent(1)), text_of(placer.subcomponent(2)), text_of(placer.subcomponent(3)),
            text_of(placer.subcomponent(4))};
}

CodedElement coded_element(const Piece& cwe) {
    const std::size_t from = text_of(cwe, 1).empty() && !text_of(cwe, 4).empty() ? 4 : 1;
    return {text_of(cwe, from), text_of(cwe, from + 1), text_of(cwe, from + 2)};
}

}  // namespace gantry::hl7
