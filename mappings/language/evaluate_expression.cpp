#include <algorithm>

#include "engine/hl7/moment.hpp"
#include "mappings/language/frame.hpp"
#include "mappings/language/patterns.hpp"

namespace gantry::mappings {
namespace {

using Says = Value::Says;

Value set(std::string text, const Node& node, std::string_view raw = {}) {
    return {Says::set, std::move(text), node.text, raw};
}

Value evaluate_path(const Node& node, Frame& frame) {
    const auto found = find(*node.source, frame);
    if (found.null_here) return {Says::clear, {}, node.text, found.piece.raw()};
    if (found.piece.empty()) return {};
    auto text = read_piece(found.piece, node, frame);
    // A date without a time is a statement: the time is not known. It must not be taken from another field.
    if (text.empty() && (node.read != Read::time || !hl7::moment(found.piece).valid)) return {};
    return text.empty() ? Value{Says::clear, {}, node.text, found.piece.raw()}
                        : set(std::move(text), node, found.piece.raw());
}

// What would be looked at only if something were missing is known to the mapping, not lost. Nothing is evaluated: a
// value that is not used has no say in the warnings.
void mark_read(const Node& node, Frame& frame) {
    if (node.source) (void)find_all(*node.source, frame);
    for (const auto& child : node.children) mark_read(child, frame);
}

void mark_read_from(const Node& list, std::size_t at, Frame& frame) {
    frame.remarks.only_looking(true);
    for (; at < list.children.size(); ++at) mark_read(list.children[at], frame);
    frame.remarks.only_looking(false);
}

// What was deleted is as it would have been if nothing had been said: the default of the list, if it has one.
Value in_its_place(const Node& list, Frame& frame, Value deleted) {
    if (list.children.back().op != Node::Op::fallback) return deleted;
    auto value = evaluate(list.children.back(), frame);
    if (value.says != Says::set) return deleted;
    value.fills = false;
    return value;
}

Value evaluate_first(const Node& node, Frame& frame) {
    for (std::size_t i = 0; i < node.children.size(); ++i) {
        auto value = evaluate(node.children[i], frame);
        if (value.says == Says::nothing) continue;
        if (frame.remarks.coverage()) mark_read_from(node, i + 1, frame);
        return value.says == Says::clear ? in_its_place(node, frame, std::move(value)) : value;
    }
    return {};
}

Value miss(const Node& node, Frame& frame, const Value& code) {
    frame.remarks.unmapped(node.table->name(), code.text);
    if (node.miss == Node::Miss::pass) return code;
    if (node.miss == Node::Miss::reject)
        frame.remarks.fail(ErrorCode::map_miss, "table " + node.table->name(), code.raw, code.source);
    return {};
}

Value evaluate_table(const Node& node, Frame& frame) {
    std::vector<Value> codes;
    std::vector<std::string_view> key;
    codes.reserve(node.children.size());
    const Value* spoke = nullptr;  // the last code that came from the message
    for (const auto& child : node.children) {
        codes.push_back(evaluate(child, frame));
        if (child.op != Node::Op::constant && child.op != Node::Op::channel && codes.back().says != Says::nothing)
            spoke = &codes.back();
    }
    if (!spoke) return {};
    if (spoke->says == Says::clear && codes.size() == 1) return *spoke;
    for (const auto& code : codes) key.push_back(code.text);
    const auto row = look_up(*node.table, key, frame.remarks);
    if (!row) return miss(node, frame, *spoke);
    const auto& cell = node.table->cell(*row, node.column);
    if (!cell) return {};
    return {cell->empty() ? Says::clear : Says::set, *cell, node.text, spoke->raw};
}

Value evaluate_join(const Node& node, Frame& frame) {
    Value out;
    std::size_t seen = 0;
    for (const auto& child : node.children) {
        const bool lines = child.read == Read::whole;
        std::size_t blank = 0;  // lines since the last one that says something; kept when another one follows
        for (const auto& piece : find_all(*child.source, frame, lines)) {
            if (seen++ < node.number) continue;
            if (piece.empty()) {
                ++blank;
                continue;
            }
            if (out.says == Says::nothing) out = {Says::clear, {}, child.text, piece.raw()};
            if (piece.is_null()) continue;
            const auto text = read_piece(piece, child, frame);
            if (text.empty() && !lines) continue;
            for (auto n = out.says == Says::set ? blank + 1 : 0; n > 0; --n) out.text += node.text;
            blank = 0;
            out.says = Says::set;
            out.text += text;
        }
    }
    return out;
}

Value evaluate_concat(const Node& node, Frame& frame) {
    Value out;
    for (const auto& child : node.children) {
        const auto part = evaluate(child, frame);
        if (part.says != Says::set) continue;
        if (out.says == Says::set)
            out.text += node.text;
        else
            out = {Says::set, {}, part.source, part.raw};
        out.text += part.text;
    }
    return out;
}

Value evaluate_when(const Node& node, Frame& frame) {
    if (holds(node.condition.front(), frame)) return evaluate(node.children[0], frame);
    return node.children.size() > 1 ? evaluate(node.children[1], frame) : Value{};
}

Value evaluate_same_as(const Node& node, const Frame& frame) {
    const auto& other = (node.of_order ? frame.order : frame.record)[node.number];
    if (other.says != Says::set) return {};
    return {Says::set, other.value, other.source, {}};
}

// MSH-3^MSH-4: the namespace of a placer that sends none.
std::string sender(const Frame& frame) {
    const auto msh = frame.place.all.message->msh();
    const auto application = msh.field(3).component(1).subcomponent(1).text();
    const auto facility = msh.field(4).component(1).subcomponent(1).text();
    return facility.empty() ? application : application + "^" + facility;
}

std::string setting(Node::Setting which, const Frame& frame) {
    const auto& context = frame.context;
    switch (which) {
        case Node::Setting::accession:
            break;
        case Node::Setting::accession_issuer:
            return context.accession_issuer;
        case Node::Setting::placer_namespace:
            return context.placer_namespace.empty() ? sender(frame) : context.placer_namespace;
        case Node::Setting::default_authority:
            return context.default_authority;
        case Node::Setting::modality_reading:
            return context.modality_reading;
        case Node::Setting::name:
            return context.channel;
    }
    return {};
}

// The channel's own list of places; the document's (the children) where the channel has none.
Value evaluate_accession(const Node& node, Frame& frame) {
    if (frame.context.accession.empty()) return evaluate_first(node, frame);
    for (const auto& path : frame.context.accession) {
        const auto piece = path.find(frame.place.all);
        frame.remarks.read(piece.raw());
        if (piece.is_null()) return {Says::clear, {}, node.text, piece.raw()};
        auto text = read_piece(piece, node, frame);
        if (!text.empty()) return {Says::set, std::move(text), path.text(), piece.raw()};
    }
    return {};
}

Value evaluate_channel(const Node& node, Frame& frame) {
    if (node.setting == Node::Setting::accession) return evaluate_accession(node, frame);
    auto text = setting(node.setting, frame);
    return text.empty() ? Value{} : set(std::move(text), node);
}

Value evaluate_allowed(const Node& node, Frame& frame) {
    auto value = evaluate(node.children[0], frame);
    const auto& list = frame.context.modalities;
    if (value.says != Says::set || list.empty() || std::find(list.begin(), list.end(), value.text) != list.end())
        return value;
    return {};
}

// A value the message does not give itself: a known record keeps what it has.
Value evaluate_fallback(const Node& node, Frame& frame) {
    if (!frame.may_create) return {};
    auto value = evaluate(node.children[0], frame);
    if (value.says != Says::set) return {};
    value.fills = true;
    return value;
}

// Of the operand's text, or of any repetition's where its path asks for every one.
template <class Test>
bool any_text(const Condition& condition, Frame& frame, const Test& test) {
    const auto& operand = condition.operand.front();
    if (operand.op != Node::Op::path || !operand.source->path.every_repetition())
        return test(evaluate(operand, frame).text);
    const auto pieces = find_all(*operand.source, frame);
    return std::any_of(pieces.begin(), pieces.end(),
                       [&](const hl7::Piece& piece) { return test(read_piece(piece, operand, frame)); });
}

bool is_in(const Condition& condition, Frame& frame) {
    return any_text(condition, frame, [&](const std::string& text) {
        return std::find(condition.values.begin(), condition.values.end(), text) != condition.values.end();
    });
}

Value by_operation(const Node& node, Frame& frame);

}  // namespace

bool holds(const Condition& condition, Frame& frame) {
    auto part_holds = [&](const Condition& part) { return holds(part, frame); };
    const auto& parts = condition.parts;
    switch (condition.op) {
        case Condition::Op::in:
            return is_in(condition, frame);
        case Condition::Op::matches:
            return any_text(condition, frame, [&](const auto& text) { return matches(*condition.pattern, text); });
        case Condition::Op::exists:
            return evaluate(condition.operand.front(), frame).says == Says::set;
        case Condition::Op::negation:
            return !holds(parts.front(), frame);
        case Condition::Op::all:
            return std::all_of(parts.begin(), parts.end(), part_holds);
        case Condition::Op::any:
            return std::any_of(parts.begin(), parts.end(), part_holds);
        case Condition::Op::event:
            return std::find(condition.values.begin(), condition.values.end(), frame.event) != condition.values.end();
    }
    return false;
}

Value evaluate(const Node& node, Frame& frame) {
    auto value = by_operation(node, frame);
    if (value.says != Says::nothing) frame.remarks.used(node.id);
    return value;
}

namespace {

Value by_operation(const Node& node, Frame& frame) {
    switch (node.op) {
        case Node::Op::constant:
            return {node.text.empty() ? Says::clear : Says::set, node.text, "constant", {}};
        case Node::Op::path:
            return evaluate_path(node, frame);
        case Node::Op::first:
            return evaluate_first(node, frame);
        case Node::Op::table:
            return evaluate_table(node, frame);
        case Node::Op::join:
            return evaluate_join(node, frame);
        case Node::Op::concat:
            return evaluate_concat(node, frame);
        case Node::Op::match:
            return evaluate_match(node, frame);
        case Node::Op::replace:
            return evaluate_replace(node, frame);
        case Node::Op::split:
            return evaluate_split(node, frame);
        case Node::Op::when:
            return evaluate_when(node, frame);
        case Node::Op::quantity:
            return evaluate_quantity(node, frame);
        case Node::Op::most_urgent:
            return evaluate_most_urgent(node, frame);
        case Node::Op::ae_titles:
            return evaluate_ae_titles(node, frame);
        case Node::Op::same_as:
            return evaluate_same_as(node, frame);
        case Node::Op::channel:
            return evaluate_channel(node, frame);
        case Node::Op::allowed:
            return evaluate_allowed(node, frame);
        case Node::Op::fallback:
            return evaluate_fallback(node, frame);
    }
    return {};
}

}  // namespace

}  // namespace gantry::mappings
