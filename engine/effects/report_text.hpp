// The text of a report from its lines. Line breaks and empty lines stay as they were sent (imaging rule 7.10).
#pragma once
#include <string>
#include <vector>

#include "engine/effects/report_content.hpp"

namespace gantry::effects {

using ReportLines = std::vector<ReportLine>;

// All of it, one line after the other.
std::string text_of(const ReportLines& lines);
// What stands in one section, without the empty lines around it.
std::string section_of(const ReportLines& lines, ReportField section);
// Whether any of them has something to read.
bool has_text(const ReportLines& lines);
// Whether they speak of lines that are known already (OBX-11 U, D, W) instead of being all there is.
bool amends(const ReportLines& lines);

// Applies such lines, told apart by OBX-3 and OBX-4, and by their order where several have the same: U keeps, D and W
// take away, any other replaces its line or is added.
void amend(ReportLines& known, const ReportLines& said);

}  // namespace gantry::effects
