// What is made from descriptions: the reference page, the JSON Schema that editors use, the default file. Pure
// functions; the same descriptions give the same text.
#pragma once
#include <span>
#include <string>

#include "engine/json/writer.hpp"
#include "engine/settings/description.hpp"

namespace gantry::settings {

// Markdown: per description a heading, its sentence and a table (option, type, default, description). Options of nested
// objects follow theirs as `tls.certificate`, of lists as `tables[].name`.
std::string reference_markdown(std::span<const Description> descriptions);

// JSON Schema (draft 2020-12) of an object that has a member per description.
std::string json_schema(std::span<const Description> descriptions);
// Of an object that has the options themselves. definitions: what the options' own schemas refer to as
// "#/$defs/NAME", as the text of an object; or empty.
std::string json_schema(const Description& description, std::string_view definitions = {});
// The same without "$schema", as a value inside another document.
void write_schema(json::Writer& writer, const Description& description);

// JSON with comments: a member per description, each option with its value, under a comment that explains it. Options
// without a value are there as comments.
std::string default_document(std::span<const Description> descriptions);
std::string default_document(const Description& description);

}  // namespace gantry::settings
