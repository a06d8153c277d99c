// The table of worklist attributes: which attribute comes from which field of a row. The one place to look up or change
// what a modality is told.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/events.hpp"
#include "engine/dicom/dataset.hpp"
#include "engine/effects/worklist.hpp"

namespace gantry::dicom {

// PS3.4 table K.6-1, return key type. Conditional (1C, 2C): like 3, present when there is something to say or it is
// asked.
enum class KeyType : std::uint8_t { type_1, type_2, type_3 };
enum class Multiplicity : std::uint8_t { one, many };

struct WorklistAttribute {
    Tag tag;
    Vr vr;
    events::Literal keyword;
    KeyType type;
    Multiplicity multiplicity;
    std::string (*text)(const effects::WorklistRow&);            // null for sequences
    std::vector<Dataset> (*items)(const effects::WorklistRow&);  // null for everything else
};

std::span<const WorklistAttribute> root_attributes();  // of patient, visit, request and requested procedure
std::span<const WorklistAttribute> step_attributes();  // inside (0040,0100) ScheduledProcedureStepSequence
const WorklistAttribute* find_attribute(std::span<const WorklistAttribute> table, Tag tag);

}  // namespace gantry::dicom
