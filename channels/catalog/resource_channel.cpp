#include "channels/catalog/resource_channel.hpp"

namespace gantry::channels {
namespace {

void refuse(const json::Value& at, const std::string& pointer, json::Diagnostics& problems) {
    problems.error(at, pointer, ErrorCode::config_out_of_range,
                   "it speaks of HL7 messages, and the source \"fhir\" has none");
}

void check_destination(const json::Member& destination, json::Diagnostics& problems) {
    const auto pointer = json::child_pointer("/destinations", destination.key);
    for (const auto* option : {"when", "urgent_when", "mapping"})
        if (const auto* given = destination.value.find(option))
            refuse(*given, json::child_pointer(pointer, option), problems);
}

}  // namespace

void check_resource_channel(const json::Value& document, json::Diagnostics& problems) {
    if (const auto* accept = document.find("accept")) refuse(*accept, "/accept", problems);
    const auto* mappings = document.find("mappings");
    if (mappings && mappings->kind() == json::Kind::array && !mappings->items().empty())
        refuse(*mappings, "/mappings", problems);
    const auto* destinations = document.find("destinations");
    if (!destinations || !destinations->is_object()) return;
    for (const auto& destination : destinations->members()) check_destination(destination, problems);
}

}  // namespace gantry::channels
