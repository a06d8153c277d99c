// Finding pieces. Most paths are plain (SEG-field.component), and most of the time of an evaluation is spent here, so
// that those are followed without the general machinery.
#include <algorithm>

#include "mappings/language/frame.hpp"

namespace gantry::mappings {
namespace {

hl7::Segment first_segment(const hl7::Scope* scope, std::string_view id) {
    for (; scope; scope = scope->outer) {
        const auto end = std::min(scope->end, scope->message->segments());
        for (auto i = scope->begin; i < end; ++i)
            if (auto segment = scope->message->segment(i); segment.id() == id) return segment;
    }
    return {};
}

Found find_plain(const Source& source, const hl7::Scope& scope) {
    const auto segment = first_segment(&scope, source.path.segment());
    if (!segment) return {};
    const auto field = segment.field(source.path.field());
    const auto component = source.path.component();
    if (field.is_null()) return {field, true};
    if (component == 0) return {source.all_repetitions ? field : field.repetition(1), false};
    const auto part = field.repetition(1).component(component);
    const auto subcomponent = source.path.subcomponent();
    const auto piece = subcomponent == 0 ? part : part.subcomponent(subcomponent);
    return {piece, piece.is_null()};
}

Found find_general(const Source& source, const hl7::Scope& scope) {
    const auto piece = source.path.find(scope);
    if (!piece.empty() || !source.whole) return {piece, piece.is_null()};
    const auto whole = source.whole->find(scope);
    if (whole.is_null()) return {whole, true};
    return {piece, false};
}

}  // namespace

Found find(const Source& source, const Frame& frame) {
    const auto& scope = source.own ? frame.place.own : frame.place.all;
    const auto found = source.plain ? find_plain(source, scope) : find_general(source, scope);
    frame.remarks.read(found.piece.raw());
    return found;
}

std::vector<hl7::Piece> find_all(const Source& source, const Frame& frame) {
    auto out = source.path.find_all(source.own ? frame.place.own : frame.place.all);
    for (const auto& piece : out) frame.remarks.read(piece.raw());
    return out;
}

Value evaluate_ae_titles(const Node& node, Frame& frame) {
    Value out;
    for (const auto& child : node.children)
        for (const auto& piece : find_all(*child.source, frame)) {
            const auto title = piece.valued() ? read_piece(piece, child, frame) : std::string();
            if (title.empty()) continue;
            const bool fits = title.size() <= 16 && std::all_of(title.begin(), title.end(), [](char c) {
                                  return c >= ' ' && c <= '~' && c != '\\';
                              });
            if (!fits) {
                frame.remarks.warn(child.text + " is not an AE title; it was not used.");
                continue;
            }
            if (out.says == Value::Says::set)
                out.text += '\\';
            else
                out = {Value::Says::set, {}, child.text, piece.raw()};
            out.text += title;
        }
    return out;
}

}  // namespace gantry::mappings
