// One value against the row of its field in the field table: type, choices, longest length.
#include <algorithm>

#include "mappings/language/frame.hpp"

namespace gantry::mappings {
namespace {

// PS3.5 9.1: digits and single dots, no leading zero in a component.
bool is_uid(std::string_view text) {
    char before = '.';
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool digit = c >= '0' && c <= '9';
        if (!digit && (c != '.' || before == '.')) return false;
        if (c == '0' && before == '.' && i + 1 < text.size() && text[i + 1] != '.') return false;
        before = c;
    }
    return !text.empty() && before != '.';
}

bool is_decimal(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789.-") == std::string_view::npos;
}

std::string shortened(const std::string& text, std::size_t characters) {
    std::size_t at = 0;
    while (at < text.size()) {
        const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
        if (starts && characters-- == 0) break;
        ++at;
    }
    return text.substr(0, at);
}

void check_length(const FieldRule& rule, Frame& frame, Value& value) {
    const auto& spec = *rule.spec;
    if (spec.longest == 0 || value.text.size() <= spec.longest) return;
    const auto characters = effects::length_in_characters(value.text);
    if (characters <= spec.longest) return;
    const auto sentence = std::string(spec.name) + " takes at most " + std::to_string(spec.longest) + " characters; " +
                          std::string(value.source) + " has " + std::to_string(characters);
    switch (rule.too_long) {
        case TooLong::reject:
            return frame.remarks.fail(ErrorCode::hl7_too_long, sentence, value.raw, value.source);
        case TooLong::cut:
            value.text = shortened(value.text, spec.longest);
            return frame.remarks.warn("The text was shortened: " + sentence + ".");
        case TooLong::leave_out:
            value = {};
            return frame.remarks.warn("The value was not used: " + sentence + ".");
    }
}

void check_type(const FieldRule& rule, Frame& frame, const Value& value) {
    const auto& spec = *rule.spec;
    auto fail = [&](ErrorCode code, const char* what) {
        frame.remarks.fail(code, std::string(spec.name) + " takes " + what, value.raw, value.source);
    };
    if (spec.type == effects::FieldType::uid && !is_uid(value.text)) fail(ErrorCode::hl7_bad_value, "a UID");
    if (spec.type == effects::FieldType::decimal && !is_decimal(value.text)) fail(ErrorCode::hl7_bad_value, "a number");
    const bool known = std::find(spec.choices.begin(), spec.choices.end(), value.text) != spec.choices.end();
    if (!spec.choices.empty() && !known) fail(ErrorCode::hl7_unknown_code, "one of its choices only");
}

}  // namespace

void apply(const FieldRule& rule, Frame& frame, effects::FieldChange& into) {
    auto value = evaluate(rule.value, frame);
    if (value.says == Value::Says::nothing) return;
    if (value.says == Value::Says::set && rule.spec->type == effects::FieldType::flag) {
        const bool yes = value.text == "Y" || value.text == "y" || value.text == "1";
        value = yes ? Value{value.says, "Y", value.source, value.raw}
                    : Value{Value::Says::clear, {}, value.source, value.raw};
    }
    if (value.says == Value::Says::set) {
        check_length(rule, frame, value);
        check_type(rule, frame, value);
    }
    into = {value.says, std::move(value.text), value.source, value.fills};
}

}  // namespace gantry::mappings
