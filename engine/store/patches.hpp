// The change row's text: what one unit did to records.
//
// A JSON array with one object per changed record: {"r": "order", "id": "…", "new": true, "prev": "…", "f": {field:
// …}}. "prev" is the change that wrote the record before, so a record's history is a list walked backwards from its
// last_change. For a created record, "f" maps each field to its source path; for a changed one to [value before, source
// path].
#pragma once
#include <span>
#include <string>
#include <vector>

#include "engine/effects/plan.hpp"
#include "engine/effects/record_history.hpp"

namespace gantry::store {

std::string patches_text(std::span<const effects::Patch> patches);
// Read back. A text that is no such array: nothing.
std::vector<effects::RecordChange> read_patches(const std::string& text);

}  // namespace gantry::store
