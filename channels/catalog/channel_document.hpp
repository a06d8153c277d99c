// A channel as an analyst writes it: one source, mappings, named destinations, and what is particular about its sender.
//
//   {"description": "…", "source": {"mllp": {"port": 2575}}, "mappings": ["orders-v2", "patients-v2"],
//    "orders": {…}, "patients": {…}, "destinations": {"records": {"records": {}}, "archive": {"file": {"directory":
//    "…"}}}}
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "channels/catalog/catalog.hpp"
#include "channels/sources/hl7_mapper.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::channels {

struct OrderOptions {
    enum class Role : std::uint8_t { order_filler, image_manager };
    Role role = Role::order_filler;
    bool generate_accession = true;
    bool refuse_changes_once_started = false;
    bool refuse_changed_resends = false;
    bool order_responses = false;
    std::vector<std::string> accession;
    std::string accession_issuer, placer_namespace;
    std::string modality_reading = "dicom";
    std::vector<std::string> modalities;
};

struct PatientOptions {
    std::string default_authority;
    std::vector<std::string> preferred_authorities;
    std::vector<std::string> record_number_types{"MRN"};
    std::vector<std::string> temporary_identifiers{"TEMP"};
};

struct ResultOptions {
    effects::ResultWithoutOrder without_order = effects::ResultWithoutOrder::imaging;
};

struct ChannelOptions {
    std::string description;
    bool enabled = true;
    std::vector<std::string> mappings;
    std::vector<std::string> processing_ids{"P"};
    bool control_id_needed = true;
    CannotNow cannot_now = CannotNow::by_mode;
    std::string character_set, always_character_set;
    Validation validation = Validation::off;
    OrderOptions orders;
    PatientOptions patients;
    ResultOptions results;
};
const settings::Schema<ChannelOptions>& channel_schema();

struct ChannelDestination {
    std::string name;
    const DestinationKind* kind = nullptr;
    MakeDestination make;  // of queued ones
};

// A channel document that was read. Usable when `problems` of the reading had no error.
struct ChannelDocument {
    std::string name, text;
    ChannelOptions options;
    std::string source_kind;
    MakeSource make_source;
    std::vector<ChannelDestination> destinations;
    Hl7Handling handling;  // but for revision and zone, which the running engine knows
};

// mappings: all compiled documents of the configuration, by name.
ChannelDocument read_channel(std::string name, const json::Value& document, std::string text,
                             const std::map<std::string, mappings::Mapping, std::less<>>& mappings,
                             json::Diagnostics& problems, const settings::Environment& environment);

}  // namespace gantry::channels
