// What a channel whose source is `fhir` may not say: it gets resources, and rules and mappings speak of HL7 messages.
#pragma once
#include "engine/json/diagnostic.hpp"
#include "engine/json/value.hpp"

namespace gantry::channels {

// document: of the channel. Pure; what is wrong is added to the problems, each where it stands.
void check_resource_channel(const json::Value& document, json::Diagnostics& problems);

}  // namespace gantry::channels
