// JSON Schemas (draft 2020-12) of mapping documents and code tables, for editors; written from the same vocabulary that
// the readers accept.
#pragma once
#include <string>

namespace gantry::mappings {

std::string mapping_json_schema();
std::string table_json_schema();

// What the schemas refer to as "#/$defs/NAME" (path, expression, condition, …): the text of an object.
std::string schema_definitions();

}  // namespace gantry::mappings
