#include "channels/catalog/catalog.hpp"

#include "channels/destinations/fhir_destination.hpp"
#include "channels/destinations/file_destination.hpp"
#include "channels/destinations/http_destination.hpp"
#include "channels/destinations/mllp_destination.hpp"
#include "channels/destinations/sftp_destination.hpp"
#include "channels/sources/fhir_source.hpp"
#include "channels/sources/file_source.hpp"
#include "channels/sources/http_source.hpp"
#include "channels/sources/mllp_source.hpp"

namespace gantry::channels {
namespace {

// The immediate destinations have nothing to set: that a channel names them is the whole setting.
struct NoOptions {};

const settings::Schema<NoOptions>& records_schema() {
    static const settings::Schema<NoOptions> schema("records",
                                                    "Patients, orders and their steps, changed inside the commit.");
    return schema;
}
const settings::Schema<NoOptions>& worklist_schema() {
    static const settings::Schema<NoOptions> schema("worklist",
                                                    "Scheduled procedure steps for DICOM modality worklist queries.");
    return schema;
}

template <class Options>
Options read_options(const settings::Schema<Options>& schema, const OptionsPlace& place) {
    return schema.read(place.value, place.pointer, place.problems, place.environment);
}

SourceReading read_mllp(const OptionsPlace& place) {
    auto options = read_options(mllp_schema(), place);
    SourceReading out;
    out.listens = {options.address, static_cast<std::uint16_t>(options.port)};
    out.make = [options = std::move(options)](const SourceServices& services) -> std::unique_ptr<runtime::Source> {
        return std::make_unique<MllpSource>(services.channel, options, services.lobby, services.intake, services.mapper,
                                            services.clock);
    };
    return out;
}

SourceReading read_http(const OptionsPlace& place) {
    auto options = read_options(http_source_schema(), place);
    SourceReading out;
    out.listens = {options.address, static_cast<std::uint16_t>(options.port)};
    out.make = [options = std::move(options)](const SourceServices& services) -> std::unique_ptr<runtime::Source> {
        return std::make_unique<HttpSource>(services.channel, options, services.lobby, services.intake, services.mapper,
                                            services.clock, services.sink);
    };
    return out;
}

SourceReading read_fhir_source(const OptionsPlace& place) {
    SourceReading out;
    out.resource_types = read_options(fhir_source_schema(), place).types;
    out.make = [](const SourceServices&) -> std::unique_ptr<runtime::Source> { return std::make_unique<FhirSource>(); };
    return out;
}

// One text for one directory, however it is written.
std::string normal(const std::string& directory, const std::optional<sftp::Options>& server) {
    auto out = (std::filesystem::path(directory) / "").lexically_normal().parent_path().string();
    return server ? place_of(*server, out) : out;
}

SourceReading read_file_source(const OptionsPlace& place) {
    auto options = read_options(file_source_schema(), place);
    SourceReading out;
    out.directory = normal(options.directory, options.sftp);
    out.make = [options = std::move(options)](const SourceServices& services) -> std::unique_ptr<runtime::Source> {
        return std::make_unique<FileSource>(services.channel, options, services.data, services.intake, services.mapper,
                                            services.clock, services.sink);
    };
    return out;
}

DestinationReading read_file(const OptionsPlace& place) {
    auto options = read_options(file_schema(), place);
    DestinationReading out;
    out.together = {static_cast<std::size_t>(options.batch.messages), options.batch.wait};
    out.directory = normal(options.directory, options.sftp);
    out.doubles = options.sftp.has_value();  // its reader takes files away
    out.make = [options =
                    std::move(options)](const DestinationServices& services) -> std::unique_ptr<runtime::Destination> {
        if (options.sftp) return std::make_unique<SftpDestination>(options);
        return std::make_unique<FileDestination>(options, services.data);
    };
    return out;
}

DestinationReading read_mllp_destination(const OptionsPlace& place) {
    auto options = read_options(mllp_destination_schema(), place);
    DestinationReading out;
    out.numbered = options.sequence_numbers;
    out.make = [options = std::move(options)](const DestinationServices&) -> std::unique_ptr<runtime::Destination> {
        return std::make_unique<MllpDestination>(options);
    };
    return out;
}

DestinationReading read_http_destination(const OptionsPlace& place) {
    auto options = read_options(http_destination_schema(), place);
    DestinationReading out;
    out.make = [options = std::move(options)](const DestinationServices&) -> std::unique_ptr<runtime::Destination> {
        return std::make_unique<HttpDestination>(options);
    };
    return out;
}

DestinationReading read_fhir_destination(const OptionsPlace& place) {
    auto options = read_options(fhir_destination_schema(), place);
    DestinationReading out;
    out.make = [options = std::move(options)](const DestinationServices&) -> std::unique_ptr<runtime::Destination> {
        return std::make_unique<FhirDestination>(options);
    };
    return out;
}

DestinationReading read_records(const OptionsPlace& place) {
    (void)read_options(records_schema(), place);
    return {};
}

DestinationReading read_worklist(const OptionsPlace& place) {
    (void)read_options(worklist_schema(), place);
    return {};
}

const SourceKind sources[] = {
    {"mllp", [] { return mllp_schema().description(); }, read_mllp},
    {"http", [] { return http_source_schema().description(); }, read_http},
    {"file", [] { return file_source_schema().description(); }, read_file_source},
    {"fhir", [] { return fhir_source_schema().description(); }, read_fhir_source},
};

const DestinationKind destinations[] = {
    {"records", true, true, [] { return records_schema().description(); }, read_records},
    {"worklist", true, true, [] { return worklist_schema().description(); }, read_worklist},
    {"file", false, true, [] { return file_schema().description(); }, read_file},
    {"mllp", false, false, [] { return mllp_destination_schema().description(); }, read_mllp_destination},
    {"http", false, false, [] { return http_destination_schema().description(); }, read_http_destination},
    {"fhir", false, false, [] { return fhir_destination_schema().description(); }, read_fhir_destination},
};

}  // namespace

std::span<const SourceKind> source_kinds() {
    return sources;
}
std::span<const DestinationKind> destination_kinds() {
    return destinations;
}

}  // namespace gantry::channels
