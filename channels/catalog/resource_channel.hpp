// What is particular to a channel whose source is `fhir`: it gets resources. Its conditions speak of them, and mappings
// speak of HL7 messages.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "channels/sources/fhir_mapper.hpp"
#include "engine/json/diagnostic.hpp"
#include "engine/json/value.hpp"

namespace gantry::channels {

struct ResourceRules {
    std::vector<ResourceAcceptRule> accept;
    std::map<std::string, QueuedResources> destinations;  // those that have a condition, by "channel/name"
};

// channel, document: its name and all of it. Pure; what is wrong is added to the problems, each where it stands, but
// for the names of rules.
ResourceRules read_resource_rules(const std::string& channel, const json::Value& document, json::Diagnostics& problems);

}  // namespace gantry::channels
