// The identifier of a worklist C-FIND request (PS3.4 K.6.1.2.2) as a query. Pure; tolerant of what real modalities
// send: keys at the root instead of in the sequence, QueryRetrieveLevel, `*` alone, padding, dotted dates.
#pragma once
#include <optional>
#include <string>

#include "engine/dicom/dataset.hpp"
#include "engine/dicom/options.hpp"
#include "engine/effects/worklist.hpp"

namespace gantry::dicom {

// Why a query cannot be answered: status A900 with (0000,0901) and (0000,0902), which holds at most 64 characters.
struct QueryFault {
    Tag offending;
    std::string comment;
};

struct QueryReading {
    effects::WorklistQuery query;
    std::optional<QueryFault> fault;
    bool unsupported_key = false;  // a key with a value was not used for matching: pending status FF01
};

// keys: decoded to UTF-8. caller: how the calling AE wants to be treated, with its title. today: at the site, YYYYMMDD.
QueryReading read_query(const Dataset& keys, const CallingAe& caller, const std::string& today);

}  // namespace gantry::dicom
