// What a component can be told, as data: from this the reference page, the JSON Schema and the default file are made.
// A Schema (schema.hpp) produces it; nothing here is a template.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gantry::settings {

enum class OptionType : std::uint8_t {
    boolean,
    integer,
    number,
    text,
    duration,     // "30s"
    size,         // "16MB"
    host_port,    // "127.0.0.1:104"
    secret,       // {"file": …}, {"env": …} or text
    text_list,    // ["a", "b"]
    text_map,     // {"a": "b"}
    secret_map,   // {"a": a secret}
    object,       // see nested
    object_list,  // of nested
    any,          // JSON that another reader understands
};

struct Description;

struct OptionDescription {
    std::string name;
    std::string meaning;
    OptionType type = OptionType::any;
    bool required = false;
    bool may_be_null = false;           // std::optional in the struct: null or absent is "not set"
    std::string value;                  // JSON text of the default; empty: none
    std::string example;                // JSON text, or empty
    std::vector<std::string> choices;   // of a text or of each item of a list; empty: free
    std::optional<double> least, most;  // of the number, of milliseconds, of bytes
    std::string words, schema;          // of `any`: what it is, for a person; its JSON Schema, as text
    std::shared_ptr<const Description> nested;
};

struct Description {
    std::string name;
    std::string summary;  // one sentence
    std::vector<OptionDescription> options;
};

// "whole number, 1 to 65535": what may be written there, for a person.
std::string type_words(const OptionDescription& option);
// A bound as it would be written in the file: 65535, 5m, 16MB.
std::string bound_text(OptionType type, double bound);

}  // namespace gantry::settings
