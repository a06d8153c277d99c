// http://hl7.org/fhir/R4/provenance.html
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/clock.hpp"

namespace gantry::fhir {

// One row of the change log: what one message, or a person, did to records.
struct RecordedChange {
    std::int64_t id = 0;
    std::int64_t message = 0;   // 0: a person, no message
    std::int64_t revision = 0;  // of the channel that handled it; 0: none
    Instant at;
    std::string_view actor;    // the channel's name, or who decided
    std::string_view patches;  // engine/store/patches.hpp
};

// Every element traceable: the targets are the resources that the change made, in the version that it made; each names
// its elements with the field they came from (extension element-source); the entity is the message; the agent is the
// channel in its revision. Patches that are no such JSON give a Provenance without sources.
std::string provenance_json(const RecordedChange& change);

}  // namespace gantry::fhir
