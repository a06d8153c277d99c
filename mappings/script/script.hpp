// Lua 5.4 as one step of a mapping (docs/specs/scripts.md): a sandbox in which a script sees one message, the effects
// made so far and the code tables, and nothing else of the world. It always ends: what it may spend is limited, and a
// script that needs more rejects its message and touches nothing.
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "engine/json/diagnostic.hpp"
#include "engine/settings/schema.hpp"
#include "mappings/language/script_step.hpp"
#include "mappings/language/table.hpp"

namespace gantry::mappings {

// What one run may spend. Steps, allocated and text are counted the same on every machine; time and memory are the last
// resort against what counting does not see.
struct ScriptLimits {
    std::int64_t steps = 10'000'000;            // instructions, and as much as library functions cost
    std::chrono::milliseconds time{1000};       // of the processor
    settings::ByteSize memory = 16u << 20;      // in use at once
    settings::ByteSize allocated = 256u << 20;  // in the whole run
    settings::ByteSize text = 1u << 20;         // the longest text
};
const settings::Schema<ScriptLimits>& script_schema();

// name: the file's, "ward.lua". Every mistake that can be seen without running goes to `diagnostics`, with line and
// column: config_bad_script, config_unknown_name, config_bad_path,
// config_no_such_place, config_bad_pattern. Null when there was an error.
// The step keeps the tables it may read.
std::shared_ptr<const ScriptStep> compile_script(std::string name, std::string text, const Tables& tables,
                                                 const ScriptLimits& limits, json::Diagnostics& diagnostics);

}  // namespace gantry::mappings
