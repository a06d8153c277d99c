// One value against the row of its field in the field table: type, choices, longest length.
#include "engine/effects/field_form.hpp"
#include "mappings/language/frame.hpp"

namespace gantry::mappings {
namespace {

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
            frame.remarks.lost({std::string(spec.name), std::string(value.source), characters, spec.longest});
            value.text = shortened(value.text, spec.longest);
            return frame.remarks.warn("The text was shortened: " + sentence + ".");
        case TooLong::leave_out:
            frame.remarks.lost({std::string(spec.name), std::string(value.source), characters, 0});
            value = {};
            return frame.remarks.warn("The value was not used: " + sentence + ".");
    }
}

void check_form(const FieldRule& rule, Frame& frame, const Value& value) {
    const auto form = effects::check_form(*rule.spec, value.text);
    if (!form) frame.remarks.fail(form.error().code, form.error().detail, value.raw, value.source);
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
        check_form(rule, frame, value);
    }
    into = {value.says, std::move(value.text), value.source, value.fills};
}

}  // namespace gantry::mappings
