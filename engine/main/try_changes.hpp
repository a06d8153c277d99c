// What one message changed, from its change row and the records as they are now.
#pragma once
#include <string>
#include <vector>

#include "engine/store/store.hpp"

namespace gantry {

struct FieldEdit {
    std::string field, before, after, source;  // source: "PID-5"; may be empty
};

struct RecordEdit {
    std::string kind;  // patient, order, step, report
    bool created = false;
    std::vector<FieldEdit> fields;
};

// patches: as the ledger answers them for the newest message; empty: nothing changed.
Result<std::vector<RecordEdit>> record_edits(const std::string& patches, store::RecordsReader& records);

}  // namespace gantry
