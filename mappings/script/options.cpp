#include "mappings/script/script.hpp"

namespace gantry::mappings {

const settings::Schema<ScriptLimits>& script_schema() {
    using settings::ByteSize;
    static const auto schema =
        settings::Schema<ScriptLimits>("scripts", "What a script of a mapping may spend on one message.")
            .option("steps", &ScriptLimits::steps, "instructions, and as many as library functions count for")
            .range(1'000, 1'000'000'000)
            .option("time", &ScriptLimits::time, "of the processor; a last resort, steps run out before")
            .range(std::chrono::milliseconds(1), std::chrono::minutes(1))
            .option("memory", &ScriptLimits::memory, "in use at once")
            .range(ByteSize(1u << 20), ByteSize(1u << 30))
            .option("allocated", &ScriptLimits::allocated, "taken altogether, what was given back included")
            .range(ByteSize(1u << 20), ByteSize(std::size_t{16} << 30))
            .option("text", &ScriptLimits::text, "the longest text a script may read or make")
            .range(ByteSize(1024), ByteSize(256u << 20));
    return schema;
}

}  // namespace gantry::mappings
