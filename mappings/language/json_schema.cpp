#include "mappings/language/json_schema.hpp"

#include "engine/json/writer.hpp"
#include "mappings/language/expression_compiler.hpp"
#include "mappings/language/vocabulary.hpp"

namespace gantry::mappings {
namespace {

using effects::RecordKind;
using json::Writer;

constexpr std::string_view dialect = "https://json-schema.org/draft/2020-12/schema";

std::string fields_name(RecordKind kind) {
    return std::string(effects::to_text(kind)) + "_fields";
}

void write_reference(Writer& out, std::string_view name) {
    out.begin_object().member("$ref", "#/$defs/" + std::string(name)).end_object();
}

void write_text(Writer& out, std::string_view pattern = {}) {
    out.begin_object().member("type", "string").member_if("pattern", pattern).end_object();
}

// One, or a list of them.
template <class Item>
void write_one_or_list(Writer& out, const Item& item) {
    out.begin_object().key("anyOf").begin_array();
    item();
    out.begin_object().member("type", "array").member("minItems", 1).key("items");
    item();
    out.end_object().end_array().end_object();
}

void write_shape(Writer& out, const Shape& shape);

void write_choices(Writer& out, const std::vector<std::string_view>& choices) {
    if (choices.empty()) return write_text(out);
    out.begin_object().key("enum").begin_array();
    for (const auto choice : choices) out.value(choice);
    out.end_array().end_object();
}

void write_content(Writer& out, const Member& member) {
    switch (member.content) {
        case Content::text:
        case Content::table:
            return write_choices(out, member.choices);
        case Content::flag:
            return void(out.begin_object().member("type", "boolean").end_object());
        case Content::number:
            return void(out.begin_object().member("type", "number").end_object());
        case Content::numbers:
            out.begin_object().member("type", "array").member("minItems", 1).key("items").begin_object();
            return void(out.member("type", "integer").member("minimum", 1).end_object().end_object());
        case Content::texts:
            return write_one_or_list(out, [&] { write_text(out); });
        case Content::messages:
            return write_one_or_list(out, [&] { write_reference(out, "message"); });
        case Content::segment:
            return write_reference(out, "segment");
        case Content::path:
            return write_reference(out, "path");
        case Content::paths:
            return write_one_or_list(out, [&] { write_reference(out, "path"); });
        case Content::expression:
        case Content::expressions:  // a list of them is an expression too
            return write_reference(out, "expression");
        case Content::condition:
            return write_reference(out, "condition");
        case Content::conditions:
            out.begin_object().member("type", "object").key("additionalProperties");
            write_reference(out, "condition");
            return void(out.end_object());
        case Content::fields:
            return write_reference(out, fields_name(member.record));
        case Content::places:
            return write_reference(out, "places");
        case Content::section:
            return write_shape(out, *member.shape);
        case Content::sections:
            return write_one_or_list(out, [&] { write_shape(out, *member.shape); });
    }
}

// A member's schema with its meaning beside it.
void write_member(Writer& out, const Member& member) {
    out.begin_object().member("description", member.meaning).key("allOf").begin_array();
    write_content(out, member);
    out.end_array().end_object();
}

void write_body(Writer& out, const Shape& shape) {
    out.member("title", shape.name).member("description", shape.meaning).member("type", "object");
    out.key("properties").begin_object();
    for (const auto& member : shape.members) {
        out.key(member.name);
        write_member(out, member);
    }
    out.end_object().key("required").begin_array();
    for (const auto name : shape.required()) out.value(name);
    out.end_array().member("additionalProperties", false);
}

void write_shape(Writer& out, const Shape& shape) {
    out.begin_object();
    write_body(out, shape);
    out.end_object();
}

void write_pair(Writer& out) {
    out.begin_object().member("type", "array").member("minItems", 2).member("maxItems", 2).key("prefixItems");
    out.begin_array();
    write_reference(out, "expression");
    write_one_or_list(out, [&] { write_text(out); });
    out.end_array().end_object();
}

void write_conditions(Writer& out) {
    out.begin_object().member("type", "array").member("minItems", 1).key("items");
    write_reference(out, "condition");
    out.end_object();
}

void write_condition(Writer& out) {
    out.begin_object().member("description", "what must hold").member("type", "object");
    out.member("minProperties", 1).member("maxProperties", 1).key("properties").begin_object();
    for (const auto& member : conditions()) {
        out.key(member.name).begin_object().member("description", member.meaning).key("allOf").begin_array();
        if (member.name == "equals" || member.name == "in" || member.name == "matches")
            write_pair(out);
        else if (member.name == "all" || member.name == "any")
            write_conditions(out);
        else
            write_content(out, member);
        out.end_array().end_object();
    }
    out.end_object().member("additionalProperties", false).end_object();
}

void write_expression(Writer& out) {
    out.begin_object().member("description", "what says a value").key("anyOf").begin_array();
    write_reference(out, "path");
    out.begin_object().member("type", "array").member("minItems", 1);
    out.member("description", "the first of these that says something").key("items");
    write_reference(out, "expression");
    out.end_object();
    for (const auto& shape : ExpressionCompiler::function_shapes()) write_shape(out, shape);
    out.end_array().end_object();
}

// {"cut": expression}
void write_limited(Writer& out, std::string_view how, std::string_view meaning) {
    write_shape(out, {how, meaning, {{how, Content::expression, "what", true}}});
}

void write_fields(Writer& out, RecordKind kind) {
    out.begin_object().member("type", "object").key("properties").begin_object();
    for (const auto& field : effects::field_table(kind)) {
        out.key(field.name);
        write_reference(out, "field");
    }
    out.end_object().member("additionalProperties", false).end_object();
}

void write_definitions(Writer& out) {
    out.begin_object().key("path");
    out.begin_object().member("description", "where in the message: PID-5.1, PID-3[type=MR].1, OBX[3.1=8302-2]-5");
    out.member("type", "string").member("pattern", R"(^[A-Z][A-Z0-9]{2}(\[[^\]]+\])?-[0-9]+)").end_object();
    out.key("segment");
    write_text(out, "^[A-Z0-9]{3}$");
    out.key("message");
    write_text(out, R"(^[A-Z0-9]{3}\^.+$)");
    write_condition(out.key("condition"));
    write_expression(out.key("expression"));
    out.key("field").begin_object().key("anyOf").begin_array();
    write_reference(out, "expression");
    write_limited(out, "cut", "shortened when it is too long, with a warning");
    write_limited(out, "if_fits", "left out when it is too long, with a warning");
    out.end_array().end_object();
    out.key("places").begin_object().member("type", "object").key("propertyNames");
    write_reference(out, "path");
    out.key("additionalProperties").begin_object().key("anyOf").begin_array();
    write_reference(out, "expression");
    write_shape(out, {"copy", "as it stands in the message", {{"copy", Content::path, "from where", true}}});
    out.end_array().end_object().end_object();
    for (const auto kind : {RecordKind::patient, RecordKind::order, RecordKind::step, RecordKind::report})
        write_fields(out.key(fields_name(kind)), kind);
    out.end_object();
}

}  // namespace

std::string schema_definitions() {
    Writer out;
    write_definitions(out);
    return std::move(out).text();
}

std::string mapping_json_schema() {
    Writer out(json::Form::pretty);
    out.begin_object().member("$schema", dialect);
    out.key("if").begin_object().key("required").begin_array().value("writes").end_array().end_object();
    write_shape(out.key("then"), outgoing_shape());
    write_shape(out.key("else"), document_shape());
    write_definitions(out.key("$defs"));
    return out.end_object().text() + "\n";
}

std::string table_json_schema() {
    constexpr std::string_view text = R"json({
  "title": "table",
  "description": "Translates codes: the key columns are looked up, every other column is a value.",
  "type": "object",
  "properties": {
    "description": {"description": "for people", "type": "string"},
    "key": {
      "description": "the columns to look up", "type": "array", "minItems": 1, "maxItems": 4, "items": {"type": "string"}
    },
    "rows": {
      "description": "the most specific row wins", "type": "array", "minItems": 1,
      "items": {
        "description": "a key cell is a code, a list of codes or \"*\"; a value \"\" deletes, null says nothing; note is for people",
        "type": "object",
        "additionalProperties": {"type": ["string", "array", "null"], "items": {"type": "string"}}
      }
    }
  },
  "required": ["key", "rows"],
  "additionalProperties": false
})json";
    Writer out(json::Form::pretty);
    out.begin_object().member("$schema", dialect);
    const auto document = json::parse(text);
    for (const auto& member : document->members()) out.key(member.key).value(member.value);
    return out.end_object().text() + "\n";
}

}  // namespace gantry::mappings
