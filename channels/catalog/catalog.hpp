// The table of connectors: everything a channel document may name as a source or destination. A connector is added by
// one row in catalog.cpp.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "engine/json/diagnostic.hpp"
#include "engine/net/lobby.hpp"
#include "engine/runtime/ports.hpp"
#include "engine/settings/description.hpp"
#include "engine/settings/environment.hpp"

namespace gantry::channels {

// What a running source is given.
struct SourceServices {
    ConfigName channel;
    net::Lobby& lobby;
    runtime::Intake& intake;
    const Clock& clock;
    std::shared_ptr<const runtime::Mapper> mapper;
};
struct DestinationServices {
    std::filesystem::path data;  // what relative directories are relative to
};

using MakeSource = std::function<std::unique_ptr<runtime::Source>(const SourceServices&)>;
using MakeDestination = std::function<std::unique_ptr<runtime::Destination>(const DestinationServices&)>;

// Where a connector's options stand in a channel document.
struct OptionsPlace {
    const json::Value& value;
    std::string pointer;
    json::Diagnostics& problems;
    const settings::Environment& environment;
};

struct SourceKind {
    std::string_view name;
    settings::Description (*describe)();
    MakeSource (*read)(const OptionsPlace& place);  // always answers; problems are in place.problems
};

struct DestinationKind {
    std::string_view name;
    // Immediate: applied inside the commit, no queue; makes no Destination. Queued: a delivery row each.
    bool immediate;
    settings::Description (*describe)();
    MakeDestination (*read)(const OptionsPlace& place);
};

std::span<const SourceKind> source_kinds();
std::span<const DestinationKind> destination_kinds();

}  // namespace gantry::channels
