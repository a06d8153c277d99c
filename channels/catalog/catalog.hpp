// The table of connectors: everything a channel document may name as a source or destination. A connector is added by
// one row in catalog.cpp.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "engine/json/diagnostic.hpp"
#include "engine/net/lobby.hpp"
#include "engine/runtime/current_mapper.hpp"
#include "engine/runtime/ports.hpp"
#include "engine/settings/description.hpp"
#include "engine/settings/environment.hpp"
#include "engine/settings/units.hpp"

namespace gantry::channels {

// What a running source is given.
struct SourceServices {
    ConfigName channel;
    net::Lobby& lobby;
    runtime::Intake& intake;
    const Clock& clock;
    std::shared_ptr<const runtime::CurrentMapper> mapper;
    std::filesystem::path data;  // what relative directories are relative to
    events::Sink& sink;
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

// What the options of a connector say. Always there; problems are in OptionsPlace::problems.
struct SourceReading {
    MakeSource make;
    settings::HostPort listens;                 // where no other may listen; port 0: on any free port
    std::string directory;                      // what no other should read or write; empty: none
    std::vector<std::string> resource_types{};  // what may be written over FHIR; empty: it is no source of resources
};
struct DestinationReading {
    MakeDestination make;
    std::string directory;         // where no other should write; empty: none
    bool numbered = false;         // its messages are counted (MSH-13): one after the other, whatever their keys
    runtime::Together together{};  // several leave as one, over one connection
    bool doubles = false;          // what is sent twice may be there twice, although it would not with other options
};

struct SourceKind {
    std::string_view name;
    settings::Description (*describe)();
    SourceReading (*read)(const OptionsPlace& place);
};

struct DestinationKind {
    std::string_view name;
    // Immediate: applied inside the commit, no queue; makes no Destination. Queued: a delivery row each.
    bool immediate;
    bool repeatable;  // what is sent twice is there once (unless it doubles): that an attempt begins need not be noted
                      // first
    settings::Description (*describe)();
    DestinationReading (*read)(const OptionsPlace& place);
};

std::span<const SourceKind> source_kinds();
std::span<const DestinationKind> destination_kinds();

}  // namespace gantry::channels
