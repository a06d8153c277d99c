// Does one row answer one worklist query? (PS3.4 C.2.2.2 and K.6.1.2.2, imaging workflow: what is hidden when.) Pure. A
// store narrows by index; this decides, in one place for C-FIND, case files and `gantry worklist explain`.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "engine/effects/worklist.hpp"

namespace gantry::dicom {

struct MatchRules {
    int days_before = 1, days_after = 7;  // around today, when the query has no date value
};

// The shown dates that can match, inclusive, YYYYMMDD; an empty end is open. A step without a start date is shown as
// today and matches the window always: a store that narrows by start date must add those.
struct DateSpan {
    std::string from, to;
};
DateSpan dates_to_look_at(const effects::WorklistQuery& query, const MatchRules& rules);

// The keyword of the first key or rule that keeps the row out of the answer ("Modality", "held"); empty: it matches.
std::string_view first_mismatch(const effects::WorklistRow& row, const effects::WorklistQuery& query,
                                const MatchRules& rules = {});
bool matches(const effects::WorklistRow& row, const effects::WorklistQuery& query, const MatchRules& rules = {});

// PN: case, diacritics and width do not matter. Component groups separated by `=`: a key of one group is tried against
// every group, several each against its own. Within a group the key is a wildcard pattern for the whole, or for each
// component that it fills ("SMITH", "smi*^j*").
bool name_matches(std::string_view key, std::string_view name);

// A stored time with fewer than six digits means its beginning: "0930" is 093000.
std::string full_time(std::string_view time);

}  // namespace gantry::dicom
