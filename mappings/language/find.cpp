// Finding pieces. Most paths are plain (SEG-field.component), and most of the time of an evaluation is spent here, so
// that those are followed without the general machinery.
#include <algorithm>

#include "mappings/language/frame.hpp"

namespace gantry::mappings {
namespace {

using Ids = std::vector<std::uint32_t>;

hl7::Segment first_segment(const hl7::Scope* scope, std::uint32_t id, const Ids& ids) {
    for (; scope; scope = scope->outer)
        for (auto i = scope->begin; i < scope->end; ++i)
            if (ids[i] == id) return scope->message->segment(i);
    return {};
}

Found find_plain(const Source& source, const hl7::Scope& scope, const Ids& ids) {
    const auto segment = first_segment(&scope, source.segment, ids);
    if (!segment) return {};
    const auto field = segment.field(source.path.field());
    if (field.empty()) return {};
    const auto component = source.path.component();
    if (field.is_null()) return {field, true};
    if (component == 0) return {source.all_repetitions ? field : field.repetition(1), false};
    const auto part = field.component(component);
    const auto subcomponent = source.path.subcomponent();
    const auto piece = subcomponent == 0 ? part : part.subcomponent(subcomponent);
    return {piece, piece.is_null()};
}

void add_repetitions(const Source& source, const hl7::Piece& field, bool empty_too, std::vector<hl7::Piece>& out) {
    const auto component = source.path.component(), subcomponent = source.path.subcomponent();
    for (const auto& repetition : field.each_repetition()) {
        if (repetition.empty() && !empty_too) continue;
        const auto part = component == 0 ? repetition : repetition.component(component);
        out.push_back(subcomponent == 0 ? part : part.subcomponent(subcomponent));
    }
}

std::vector<hl7::Piece> find_all_plain(const Source& source, const hl7::Scope* scope, const Ids& ids, bool empty_too) {
    std::vector<hl7::Piece> out;
    for (bool seen = false; scope && !seen; scope = scope->outer)
        for (auto i = scope->begin; i < scope->end; ++i) {
            if (ids[i] != source.segment) continue;
            seen = true;
            const auto field = scope->message->segment(i).field(source.path.field());
            if (!field.empty())
                add_repetitions(source, field, empty_too, out);
            else if (empty_too)
                out.push_back(field);
        }
    return out;
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
    const auto found =
        source.plain ? find_plain(source, scope, frame.remarks.segment_ids()) : find_general(source, scope);
    frame.remarks.read(found.piece.raw());
    if (!found.piece.empty()) frame.remarks.used(source.id);
    return found;
}

std::vector<hl7::Piece> find_all(const Source& source, const Frame& frame, bool empty_too) {
    const auto& scope = source.own ? frame.place.own : frame.place.all;
    auto out = source.plain ? find_all_plain(source, &scope, frame.remarks.segment_ids(), empty_too)
                            : source.path.find_all(scope);
    for (const auto& piece : out) {
        frame.remarks.read(piece.raw());
        if (!piece.empty()) frame.remarks.used(source.id);
    }
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
