// What a unit will write: the answer of the rules, applied by the store as it stands.
#pragma once
#include <string>
#include <vector>

#include "engine/effects/records.hpp"

namespace gantry::effects {

// One field that changed, for the change row: what it was, and where the new value came from. The new value stands in
// the record itself, or as `before` of the next patch; history is read backwards.
struct FieldPatch {
    std::string_view field;
    std::string before;
    std::string_view source;
};

struct Patch {
    RecordKind kind;
    std::int64_t id = 0;
    bool created = false;
    std::int64_t previous_change = 0;
    std::vector<FieldPatch> fields;
};

struct PatientWrite {
    PatientRecord after;
    bool created = false;
    // Rows to add, pointing at this patient; the last ones of after.identifiers. Refiled: these are all of them, and
    // rows with the same key, this patient's or another's, are replaced.
    std::vector<Identifier> new_identifiers;
    bool refiled = false;
};

struct OrderWrite {
    OrderRecord after;
    bool created = false;
    std::vector<std::string> new_keys;
    std::vector<StepId> new_steps, changed_steps;  // of after.steps
};

struct StoredDocument {
    EnclosedDocument about;
    std::string bytes;
};

struct ReportWrite {
    ReportRecord after;
    bool created = false;
    std::vector<std::string> new_keys;
    std::vector<std::int64_t> new_orders;       // row ids for the last ones of after.orders
    std::size_t new_versions = 0;               // the last ones of after.versions; what is stored of them never changes
    std::vector<StoredDocument> new_documents;  // of new versions; one with the same digest may be stored already
};

struct Plan {
    // Whom the unit is about, after aliases; of a merge or move both patients. What leaves for one of them keeps its
    // order.
    std::vector<PatientId> subjects;
    std::vector<PatientWrite> patients;
    std::vector<OrderWrite> orders;
    std::vector<ReportWrite> reports;
    std::vector<ProviderRecord> new_providers;
    std::vector<Patch> patches;
    std::vector<RecordOutcome> records;
    std::vector<std::string> warnings;
    std::string
        filtered_by;  // nothing of the unit is for this engine: it is filtered for this reason, and writes nothing
    std::vector<PostedResource> posted;  // that records name from now on; each may be stored already
    std::optional<Error> refused;        // nothing of the plan applies: the unit is rejected or held (info(code).then)
};

}  // namespace gantry::effects
