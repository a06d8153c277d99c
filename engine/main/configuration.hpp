// The whole configuration: engine.json and the channels, mappings and tables it names, read in one pass that reports
// every problem. What `gantry check` prints is what `gantry serve` refuses to start with.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "channels/catalog/channel_document.hpp"
#include "engine/dicom/options.hpp"
#include "engine/json/diagnostic.hpp"
#include "engine/store/store.hpp"
#include "mappings/language/mapping.hpp"
#include "mappings/script/script.hpp"

namespace gantry {

struct HttpPlace {
    std::string address = "127.0.0.1";
    int port = 8080;
    std::size_t max_connections = 10'000, max_connections_per_peer = 0;
};

// What the DICOM port takes. A modality that is refused calls again and again; a scanner does so many times a second.
struct DicomLimits {
    std::size_t max_connections = 2'000, max_connections_per_peer = 0;
    std::size_t max_refusals_per_peer = 600;
};

struct EngineOptions {
    std::string channels = "channels", mappings = "mappings",
                tables = "tables";  // directories, relative to engine.json
    std::string store = "sqlite:gantry.db";
    std::string zone;  // tz database name of the site; empty: the machine's
    int node = 0;
    int committers = 2;
    std::chrono::seconds duplicate_window = std::chrono::hours(24 * 7);
    mappings::ScriptLimits scripts;
    HttpPlace http;
    std::string dicom_address = "127.0.0.1";
    dicom::DicomOptions dicom;
    DicomLimits dicom_limits;
};
const settings::Schema<EngineOptions>& engine_schema();

// Mappings point into tables, and channels into both: it stays where it is.
struct Configuration {
    std::filesystem::path file;  // engine.json
    EngineOptions options;
    std::unique_ptr<Zone> zone;
    mappings::Tables tables;
    std::map<std::string, mappings::Mapping, std::less<>> mappings;
    std::vector<channels::ChannelDocument> channels;
    std::vector<json::Diagnostic> problems;

    bool has_errors() const;
    const channels::ChannelDocument* channel(std::string_view name) const;
    std::string channel_names() const;  // for "did you mean"
    store::StoreOptions store_options() const;
};

// path: a directory or its engine.json. Always answers; what could not be read is in `problems`.
std::unique_ptr<Configuration> load_configuration(const std::filesystem::path& path);

}  // namespace gantry
