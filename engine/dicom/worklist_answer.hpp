// One worklist row as the identifier of a C-FIND response (PS3.4 table K.6-1). Pure. A key asked is a key returned; a
// query that asks for nothing in particular gets all we have.
#pragma once
#include <string>
#include <vector>

#include "engine/base/events.hpp"
#include "engine/dicom/dataset.hpp"
#include "engine/effects/worklist.hpp"

namespace gantry::dicom {

struct Answer {
    Dataset dataset;               // UTF-8, without (0008,0005)
    bool unsupported_key = false;  // a key is not known here and was answered empty: pending status FF01
    // Keywords of attributes that had to be cut for the wire, and of type 1 attributes that have no value. For events.
    std::vector<events::Literal> shortened, missing;
};

// keys: the request's identifier, decoded. calling_ae stands in where a step names no station, which type 1 forbids to
// leave empty.
Answer worklist_answer(const effects::WorklistRow& row, const Dataset& keys, const std::string& calling_ae);

}  // namespace gantry::dicom
