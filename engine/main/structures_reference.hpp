// `gantry reference structures [VERSION [NAME]]`: what a version of HL7 says, as Markdown.
#pragma once
#include <iosfwd>
#include <string>

namespace gantry {

// version empty: the versions there are. name empty: the messages and segments of the version; else a segment (PID), a
// message (ORM^O01) or its structure (ORM_O01), a data type (CX), or a table (0119).
// Answers the exit code: 0; 1 the version has nothing of that name; 2 no such version.
int run_structures_reference(const std::string& version, const std::string& name, std::ostream& out, std::ostream& err);

}  // namespace gantry
