// The whole configuration: engine.json and the channels, mappings and tables it names, read in one pass that reports
// every problem. What `gantry check` prints is what `gantry serve` refuses to start with, and what a reload refuses.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "channels/catalog/channel_document.hpp"
#include "engine/alarms/alarm_options.hpp"
#include "engine/dicom/options.hpp"
#include "engine/json/diagnostic.hpp"
#include "engine/runtime/retention_worker.hpp"
#include "engine/store/store.hpp"
#include "fhir/interactions/export_options.hpp"
#include "fhir/subscriptions/subscription_options.hpp"
#include "mappings/language/mapping.hpp"
#include "mappings/script/script.hpp"

namespace gantry {

// Whether a file of this name in one of the directories is read: *.json, but no case file and nothing hidden.
bool is_document(const std::filesystem::path& file);
// Whether it is a script, in the directory of mappings: *.lua, but nothing hidden.
bool is_script(const std::filesystem::path& file);

struct HttpPlace {
    std::string address = "127.0.0.1";
    int port = 8080;
    std::size_t max_connections = 10'000, max_connections_per_peer = 0;
};

// How the records are seen through FHIR.
struct FhirSettings {
    std::string base;                                       // "https://host/fhir"; empty: as requests name the server
    std::map<std::string, std::string> identifier_systems;  // by assigning authority
    std::vector<std::string> cors_origins;                  // of web pages that may ask; "*": of all
    fhir::ExportOptions exports;                            // "export"
    fhir::SubscriptionOptions subscriptions;
};

// What the DICOM port takes. A modality that is refused calls again and again; a scanner does so many times a second.
struct DicomLimits {
    std::size_t max_connections = 2'000, max_connections_per_peer = 0;
    std::size_t max_refusals_per_peer = 600;
};

// What of the message store goes, and when; nothing, unless it is said.
struct RetentionSettings {
    struct Bodies {
        std::optional<std::chrono::seconds> age;
    } bodies;
    struct Messages {
        std::optional<std::chrono::seconds> age;
        std::optional<std::int64_t> count;
    } messages;
    std::optional<settings::ByteSize> size;
    std::chrono::seconds every = runtime::RetentionOptions().every;
    std::chrono::milliseconds pause = runtime::RetentionOptions().pause;
    std::size_t batch = runtime::RetentionOptions().batch;

    runtime::RetentionOptions worker_options() const;
};

struct EngineOptions {
    std::string channels = "channels", mappings = "mappings",
                tables = "tables";  // directories, relative to engine.json
    bool watch = false;
    std::string store = "sqlite:gantry.db";
    std::string zone;  // tz database name of the site; empty: the machine's
    int node = 0;
    int committers = 2;
    std::chrono::seconds duplicate_window = std::chrono::hours(24 * 7);
    bool search_text = false;
    RetentionSettings retention;
    mappings::ScriptLimits scripts;
    HttpPlace http;
    FhirSettings fhir;
    std::string dicom_address = "127.0.0.1";
    dicom::DicomOptions dicom;
    DicomLimits dicom_limits;
    std::optional<alarms::AlarmOptions> alarms{};  // none: nobody is mailed
};
const settings::Schema<EngineOptions>& engine_schema();

// One file as it was read. Key: "channels/NAME", "mappings/NAME", "tables/NAME", "scripts/NAME.lua".
struct SourceFile {
    std::filesystem::path path;
    std::string text, digest;  // hexadecimal SHA-256
};

struct Configuration {
    std::filesystem::path file;  // engine.json
    EngineOptions options;
    json::Value engine;  // engine.json as it stands
    std::shared_ptr<const Zone> zone;
    mappings::Tables tables;
    mappings::Scripts scripts;
    mappings::ScriptLimits script_limits;  // that the scripts were compiled with: those of the first start
    std::map<std::string, mappings::Mapping, std::less<>> mappings;
    std::map<std::string, mappings::Outgoing, std::less<>> outgoing;  // mappings that write, in the same directory
    std::vector<channels::ChannelDocument> channels;
    std::map<std::string, SourceFile, std::less<>> files;
    std::set<std::string, std::less<>> broken_mappings;
    bool unreadable_mappings = false;  // their directory is not there
    std::vector<json::Diagnostic> problems;

    bool has_errors() const;
    const channels::ChannelDocument* channel(std::string_view name) const;
    std::string channel_names() const;  // for "did you mean"
    store::StoreOptions store_options() const;
    std::filesystem::path directory_of(const std::string& option) const;
    channels::ChannelSurroundings surroundings(const settings::Environment& environment) const;
    // The keys of the files a channel was read with: its mappings, their scripts, and the tables they and its
    // conditions use.
    std::vector<std::string> dependencies(const channels::ChannelDocument& channel) const;
};

// path: a directory or its engine.json. Always answers; what could not be read is in `problems`. before: a
// configuration read earlier, whose compiled mappings, scripts and tables are used again where their text is the same;
// warnings about those are not repeated.
std::unique_ptr<Configuration> load_configuration(const std::filesystem::path& path,
                                                  const Configuration* before = nullptr);

// Problems between documents that are each sound by themselves: two channels on one port, a mapping that nobody uses.
// Part of load_configuration().
void check_together(Configuration& configuration);

}  // namespace gantry
