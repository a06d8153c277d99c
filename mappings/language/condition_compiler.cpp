// The conditions of the language; vocabulary.cpp names them for people.
#include "mappings/language/expression_compiler.hpp"
#include "mappings/language/vocabulary.hpp"

namespace gantry::mappings {

using json::child_pointer;

Condition ExpressionCompiler::condition(const json::Value& value, const std::string& pointer) {
    Condition out;
    out.op = Condition::Op::all;  // of nothing: holds; only used when something was reported
    if (!value.is_object() || value.members().size() != 1) {
        report_.wrong(value, pointer, ErrorCode::config_wrong_type, "a condition is an object with one member");
        return out;
    }
    const auto& name = value.members().front().key;
    const auto& argument = value.members().front().value;
    const auto place = child_pointer(pointer, name);
    if (name == "equals" || name == "in") {
        if (!argument.is_array() || argument.items().size() != 2) {
            report_.wrong(argument, place, ErrorCode::config_wrong_type, "\"" + name + "\" takes [expression, value]");
            return out;
        }
        out.op = Condition::Op::in;
        out.operand.push_back(compile(argument.items()[0], child_pointer(place, "0"), {}));
        out.values = report_.texts(argument.items()[1], child_pointer(place, "1"));
    } else if (name == "matches") {
        if (!argument.is_array() || argument.items().size() != 2) {
            report_.wrong(argument, place, ErrorCode::config_wrong_type, "\"matches\" takes [expression, pattern]");
            return out;
        }
        auto compiled_pattern = pattern(argument.items()[1], child_pointer(place, "1"));
        auto operand = compile(argument.items()[0], child_pointer(place, "0"), {});
        if (!compiled_pattern) return out;
        out.op = Condition::Op::matches;
        out.operand.push_back(std::move(operand));
        out.pattern = std::move(compiled_pattern);
    } else if (name == "exists") {
        out.op = Condition::Op::exists;
        out.operand.push_back(compile(argument, place, {}));
    } else if (name == "event") {
        out.op = Condition::Op::event;
        out.values = report_.texts(argument, place);
    } else if (name == "not") {
        out.op = Condition::Op::negation;
        out.parts.push_back(condition(argument, place));
    } else if (name == "all" || name == "any") {
        out.op = name == "all" ? Condition::Op::all : Condition::Op::any;
        if (report_.list(argument, place))
            for (const auto& item : argument.items())
                out.parts.push_back(condition(item, child_pointer(place, std::to_string(out.parts.size()))));
    } else {
        std::vector<std::string_view> names;
        for (const auto& one : conditions()) names.push_back(one.name);
        report_.unknown_at(value.members().front().position, place, ErrorCode::config_bad_mapping,
                           "there is no condition", name, names);
    }
    return out;
}

}  // namespace gantry::mappings
