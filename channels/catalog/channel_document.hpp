// A channel as an analyst writes it: one source, which of its messages are accepted, mappings, named destinations, and
// what is particular about its sender.
//
//   {"description": "…", "source": {"mllp": {"port": 2575}},
//    "accept": {"for radiology": {"equals": ["MSH-6", "RADIOLOGY"]}},
//    "mappings": ["orders-v2", "patients-v2"], "orders": {…}, "patients": {…},
//    "destinations": {"records": {"records": {}},
//                     "archive": {"file": {"directory": "…"}, "when": {"event": ["O01"]}, "retry": {"cap": "1m"}}}}
//
// Everything it may hold is declared in channel_schema(), destination_schema() and the connectors' own schemas.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "channels/catalog/catalog.hpp"
#include "channels/catalog/resource_channel.hpp"
#include "channels/sources/hl7_mapper.hpp"
#include "engine/runtime/delivery_worker.hpp"
#include "engine/runtime/retry_policy.hpp"
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

struct AcknowledgmentOptions {
    bool always_one = false;
    std::string application_to;
};

// The first four are for people, and for those who look after many channels.
struct ChannelOptions {
    std::string description;
    std::vector<std::string> groups;
    std::map<std::string, std::string> labels;
    bool enabled = true;
    json::Value source, accept, destinations;  // read by read_channel()
    std::vector<std::string> mappings;
    std::string ordering = "patient";
    std::vector<std::string> processing_ids{"P"};
    bool control_id_needed = true;
    CannotNow cannot_now = CannotNow::by_mode;
    std::string character_set, always_character_set;
    Validation validation = Validation::off;
    AcknowledgmentOptions acknowledgments;
    bool sequence_numbers = false;
    std::vector<std::string> replies_to;
    OrderOptions orders;
    PatientOptions patients;
    ResultOptions results;
};
const settings::Schema<ChannelOptions>& channel_schema();

// What every destination can be told, beside the options of its kind.
struct DestinationOptions {
    enum class Order : std::uint8_t { by_key, strict };
    bool enabled = true;
    json::Value when, urgent_when;
    std::string mapping;
    Order order = Order::by_key;
    runtime::RetryPolicy retry;
    runtime::DeliveryWorker::InDoubt in_doubt = runtime::DeliveryWorker::InDoubt::resend;
    int connections = 1, rate = 0;
};
const settings::Schema<DestinationOptions>& destination_schema();

struct ChannelDestination {
    std::string name;
    const DestinationKind* kind = nullptr;
    DestinationOptions options;
    MakeDestination make;          // of queued ones
    std::string directory;         // see DestinationReading
    bool numbered = false;         // likewise
    runtime::Together together{};  // likewise
    bool repeatable = false;       // see DestinationKind
    std::string definition;        // as it stands in the document: equal text, equal destination
};

// What a channel document may name.
struct ChannelSurroundings {
    const mappings::Tables& tables;
    const std::map<std::string, mappings::Mapping, std::less<>>& mappings;
    const std::map<std::string, mappings::Outgoing, std::less<>>& outgoing;  // by name, as the mappings
    const settings::Environment& environment;
    std::set<std::string, std::less<>> broken_mappings{};  // reported already; to name one is no mistake
    bool unreadable_mappings = false;                      // all of them
};

// A channel document that was read. Usable when `problems` of the reading had no error.
struct ChannelDocument {
    std::string name, text;
    ChannelOptions options;
    std::string source_kind;
    MakeSource make_source;
    settings::HostPort listens;                    // see SourceReading
    std::string reads;                             // SourceReading::directory
    std::vector<std::string> resource_types;       // likewise
    ResourceRules resource_rules;                  // of a source of resources
    std::string source_definition;                 // as it stands in the document: equal text, equal source
    std::vector<ChannelDestination> destinations;  // those that are enabled
    std::set<std::string> outgoing;                // mappings that a destination names, enabled or not
    std::vector<std::shared_ptr<const mappings::Table>> tables;  // of its own conditions
    Hl7Handling handling;  // but for revision and zone, which the running engine knows
};

ChannelDocument read_channel(std::string name, const json::Value& document, std::string text,
                             const ChannelSurroundings& surroundings, json::Diagnostics& problems);

// The JSON Schema of a channel document, for editors.
std::string channel_json_schema();
// In which order the members of its objects are written (json::KeyOrder): as they are declared; rules, labels and
// destinations as the analyst has them.
std::vector<std::string> channel_key_order(const std::vector<std::string>& path);

}  // namespace gantry::channels
