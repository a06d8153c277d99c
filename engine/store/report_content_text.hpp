// The column "content" of a report's version: what was said, as JSON.
//
//   {"status": "final", "addendum": true, "part": "…", "announces": "…", "said": {field: value},
//    "lines": [{"says": "keep", "code": "71020&IMP", "sub": "1", "id": "3", "section": "impression", "coded": true,
//               "text": "…", "parts": [["impression", begin, size]]}],
//    "documents": [{"digest": "…", "type": "application/pdf", "size": 1234, "code": "18748-4", "sub": "1"}]}
//
// What is empty or false is left out. Sections and fields are named as in the field table; a name that is gone is
// passed over.
#pragma once
#include <string>

#include "engine/effects/report_content.hpp"

namespace gantry::store {

std::string report_content_text(const effects::ReportVersion& version);
// Fills all but what has columns of its own. Text that is no such JSON leaves the version empty.
void read_report_content(const std::string& text, effects::ReportVersion& into);

}  // namespace gantry::store
