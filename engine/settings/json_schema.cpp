#include <cmath>

#include "engine/settings/generate.hpp"

namespace gantry::settings {
namespace {

constexpr std::string_view dialect = "https://json-schema.org/draft/2020-12/schema";
constexpr std::string_view variable_pattern = R"(\$\{[A-Za-z_])";

void write_bound(json::Writer& writer, std::string_view keyword, const std::optional<double>& bound) {
    if (!bound) return;
    if (std::floor(*bound) == *bound)
        writer.member(keyword, static_cast<std::int64_t>(*bound));
    else
        writer.member(keyword, *bound);
}

// A pattern binds texts only and a bound numbers only, so both can stand beside a list of types.
void write_types(json::Writer& writer, std::string_view type, const OptionDescription& option) {
    writer.key("type").begin_array().value(type);
    if (type != "string") writer.value("string");
    if (option.may_be_null) writer.value("null");
    writer.end_array();
    if (type != "string") writer.member("pattern", variable_pattern);
}

void write_text(json::Writer& writer, const OptionDescription& option, std::string_view pattern) {
    write_types(writer, "string", option);
    if (!pattern.empty()) writer.member("pattern", std::string(pattern) + "|" + std::string(variable_pattern));
}

// A word of the list, or something with a variable in it.
void write_choices(json::Writer& writer, const OptionDescription& option) {
    if (option.choices.empty()) return;
    writer.key("anyOf").begin_array().begin_object().key("enum").begin_array();
    for (const auto& word : option.choices) writer.value(word);
    if (option.may_be_null) writer.null();
    writer.end_array().end_object();
    writer.begin_object().member("pattern", variable_pattern).end_object().end_array();
}

void write_secret(json::Writer& writer) {
    writer.key("oneOf").begin_array().begin_object().member("type", "string").end_object();
    for (const std::string_view key : {"file", "env"}) {
        writer.begin_object().member("type", "object").key("required").begin_array().value(key).end_array();
        writer.key("properties")
            .begin_object()
            .key(key)
            .begin_object()
            .member("type", "string")
            .end_object()
            .end_object();
        writer.member("additionalProperties", false).end_object();
    }
    writer.end_array();
}

void write_list(json::Writer& writer, const OptionDescription& option) {
    writer.member("type", "array");
    if (option.required) writer.member("minItems", 1);
    writer.key("items");
    if (option.nested) return write_schema(writer, *option.nested);
    writer.begin_object().member("type", "string");
    write_choices(writer, option);
    writer.end_object();
}

void write_object(json::Writer& writer, const OptionDescription& option) {
    writer.key("anyOf").begin_array();
    if (option.may_be_null) writer.begin_object().member("type", "null").end_object();
    write_schema(writer, *option.nested);
    writer.end_array();
}

void write_type(json::Writer& writer, const OptionDescription& option) {
    switch (option.type) {
        case OptionType::boolean:
            return write_types(writer, "boolean", option);
        case OptionType::integer:
        case OptionType::number:
            write_types(writer, option.type == OptionType::integer ? "integer" : "number", option);
            write_bound(writer, "minimum", option.least);
            return write_bound(writer, "maximum", option.most);
        case OptionType::text:
            write_text(writer, option, "");
            return write_choices(writer, option);
        case OptionType::duration:
            return write_text(writer, option, "^[0-9]+(ms|s|m|h|d)$");
        case OptionType::size:
            return write_text(writer, option, "^[0-9]+([kKMGT]?B|[KMGT]iB)?$");
        case OptionType::host_port:
            return write_text(writer, option, "^.+:[0-9]+$");
        case OptionType::secret:
            return write_secret(writer);
        case OptionType::text_list:
        case OptionType::object_list:
            return write_list(writer, option);
        case OptionType::text_map:
            writer.member("type", "object").key("additionalProperties").begin_object();
            writer.member("type", "string").end_object();
            return;
        case OptionType::secret_map:
            writer.member("type", "object").key("additionalProperties").begin_object();
            write_secret(writer);
            writer.end_object();
            return;
        case OptionType::object:
            return write_object(writer, option);
        case OptionType::any:
            if (!option.schema.empty())
                writer.key("allOf").begin_array().value(*json::parse(option.schema)).end_array();
            return;
    }
}

void write_option(json::Writer& writer, const OptionDescription& option) {
    writer.key(option.name).begin_object().member("description", option.meaning);
    write_type(writer, option);
    const bool shown = !option.required && !option.value.empty() && option.type != OptionType::object;
    if (shown) writer.key("default").json(option.value);
    if (!option.example.empty()) writer.key("examples").begin_array().json(option.example).end_array();
    writer.end_object();
}

void write_body(json::Writer& writer, const Description& description) {
    writer.member("title", description.name).member("description", description.summary).member("type", "object");
    writer.key("properties").begin_object();
    for (const auto& option : description.options) write_option(writer, option);
    writer.end_object().key("required").begin_array();
    for (const auto& option : description.options)
        if (option.required) writer.value(option.name);
    writer.end_array().member("additionalProperties", false);
}

}  // namespace

void write_schema(json::Writer& writer, const Description& description) {
    writer.begin_object();
    write_body(writer, description);
    writer.end_object();
}

std::string json_schema(const Description& description, std::string_view definitions) {
    json::Writer writer(json::Form::pretty);
    writer.begin_object().member("$schema", dialect);
    write_body(writer, description);
    if (!definitions.empty()) writer.key("$defs").value(*json::parse(definitions));
    return writer.end_object().text() + "\n";
}

std::string json_schema(std::span<const Description> descriptions) {
    json::Writer writer(json::Form::pretty);
    writer.begin_object().member("$schema", dialect).member("type", "object").key("properties").begin_object();
    for (const auto& description : descriptions) {
        writer.key(description.name);
        write_schema(writer, description);
    }
    return writer.end_object().member("additionalProperties", false).end_object().text() + "\n";
}

}  // namespace gantry::settings
