// `gantry check` and `gantry reference`: the configuration's problems, and the pages generated from what is declared.
#pragma once
#include <filesystem>
#include <iosfwd>
#include <string>

namespace gantry {

// Prints every problem; 0 when there is no error, else 78.
int run_check(const std::filesystem::path& configuration, bool as_json, std::ostream& out);

// topic: connectors, settings, errors, metrics or schema; exit code 2 for another. kind: of a schema, engine, channel,
// mapping, table or case.
int run_reference(const std::string& topic, const std::string& kind, std::ostream& out);

int run_version(std::ostream& out);

}  // namespace gantry
