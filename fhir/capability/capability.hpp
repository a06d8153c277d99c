// What this server can do (FHIR R4 capabilitystatement.html), made from the tables that the search and the routes read:
// what is declared is there, and what is there is declared.
#pragma once
#include <string>
#include <string_view>

#include "engine/base/clock.hpp"

namespace gantry::fhir {

struct ServerFacts {
    std::string_view base;     // "https://host/fhir"
    std::string_view version;  // of the program
    Instant started;           // when what is declared came into force
    bool writes = false;       // a channel takes resources
    bool cors = false;         // web pages of other origins may ask
};

std::string capability_json(const ServerFacts& facts);

}  // namespace gantry::fhir
