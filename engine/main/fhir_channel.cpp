#include "engine/main/fhir_channel.hpp"

#include "fhir/interactions/stored_records.hpp"

namespace gantry {
namespace {

using TablePointer = std::shared_ptr<const mappings::Table>;

TablePointer table_of(const channels::ChannelDocument& channel, std::string_view name) {
    for (const auto& table : channel.tables)
        if (table->name() == name) return table;
    return nullptr;
}

// A look-up by one code; a table that is not there, or has another key, answers nothing.
std::function<std::string(std::string_view)> look_up(TablePointer table, std::string_view value) {
    const auto column = table ? table->column(value) : std::nullopt;
    if (!column || table->key().size() != 1) return {};
    return [table = std::move(table), column = *column](std::string_view code) {
        const auto row = table->find({&code, 1});
        return row ? table->cell(*row, column).value_or(std::string()) : std::string();
    };
}

}  // namespace

fhir::ProjectionContext projection_of(const FhirSettings& settings, const Zone& zone) {
    fhir::ProjectionContext out;
    out.base = settings.base;
    out.zone = &zone;
    for (const auto& [authority, system] : settings.identifier_systems) out.systems.map(authority, system);
    return out;
}

std::shared_ptr<const channels::FhirMapper> make_fhir_mapper(const channels::ChannelDocument& channel,
                                                             std::int64_t revision, store::Store& store,
                                                             const fhir::ProjectionContext& projection) {
    channels::FhirHandling handling;
    handling.channel = channel.name;
    handling.revision = revision;
    handling.types = channel.resource_types;
    handling.orders = channel.handling.orders;
    handling.systems = projection.systems;
    handling.zone = projection.zone;
    handling.base = projection.base;
    handling.placer_authority = channel.options.orders.placer_namespace;
    handling.modality_of = look_up(table_of(channel, "procedure"), "modality");
    handling.station_of = look_up(table_of(channel, "station"), "ae");
    handling.known = [&store]() -> std::unique_ptr<fhir::KnownRecords> {
        return std::make_unique<fhir::StoredRecords>(store.search(), store.records());
    };
    handling.accept = channel.resource_rules.accept;
    for (const auto& queued : channel.handling.queued) {
        const auto rules = channel.resource_rules.destinations.find(queued.name);
        handling.queued.push_back(rules == channel.resource_rules.destinations.end()
                                      ? channels::QueuedResources{queued.name}
                                      : rules->second);
    }
    return std::make_shared<const channels::FhirMapper>(std::move(handling));
}

}  // namespace gantry
