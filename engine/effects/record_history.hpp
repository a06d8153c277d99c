// What a record was before: a pure function of what it is and of what the change log says was done to it
// (engine/store/patches.hpp). History is read backwards, one change at a time, from the record as it is now.
//
// Not kept by the change log, and so not what it was: what ADT had given (PatientRecord::adt_fields) and the time of
// the newest message (event_time). Which provider a name belonged to is kept by changes since this was written; before
// that it is none where the name was another.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/effects/records.hpp"

namespace gantry::effects {

struct PastField {
    std::string field, before;
};

// What one change did to one record.
struct RecordChange {
    RecordKind kind = RecordKind::order;
    std::int64_t id = 0;
    bool created = false;
    std::int64_t previous = 0;  // the change before; 0: none
    std::vector<PastField> fields;
};

// The change with the number record.last_change is taken back; `records` is all that it did. The record is as the
// change before left it, and last_change is that one; 0: there was no such record. Nothing, and the record is left as
// it is: the change says nothing of it.
std::optional<std::int64_t> take_back(PatientRecord& record, std::span<const RecordChange> records);
std::optional<std::int64_t> take_back(OrderRecord& record, std::span<const RecordChange> records);
std::optional<std::int64_t> take_back(ReportRecord& record, std::span<const RecordChange> records);

}  // namespace gantry::effects
