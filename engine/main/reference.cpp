#include <ostream>

#include "channels/catalog/channel_document.hpp"
#include "engine/main/case_file.hpp"
#include "engine/main/check.hpp"
#include "engine/main/configuration.hpp"
#include "engine/settings/generate.hpp"
#include "mappings/language/json_schema.hpp"

namespace gantry {
namespace {

std::vector<settings::Description> connectors() {
    std::vector<settings::Description> out;
    for (const auto& kind : channels::source_kinds()) {
        out.push_back(kind.describe());
        out.back().name = "source " + out.back().name;
    }
    for (const auto& kind : channels::destination_kinds()) {
        out.push_back(kind.describe());
        out.back().name = "destination " + out.back().name;
    }
    return out;
}

void write_errors(std::ostream& out) {
    out << "# Errors\n\nWhat can go wrong, and what it becomes on each wire.\n\n"
           "| code | what happened | what to do | HL7 (MSA-1, ERR-3) | HTTP | DIMSE | exit "
           "|\n|---|---|---|---|---|---|---|\n";
    for (const auto& row : error_catalogue()) {
        char dimse[8];
        std::snprintf(dimse, sizeof dimse, "%04X", row.dimse_status);
        out << "| `" << row.name << "` | " << row.sentence << " | " << row.hint << " | " << row.hl7_ack << ", "
            << row.hl7_condition << " | " << row.http_status << " " << row.fhir_issue << " | " << dimse << " | "
            << row.exit_code << " |\n";
    }
}

void write_settings(std::ostream& out) {
    const settings::Description pages[] = {engine_schema().description(), channels::channel_schema().description(),
                                           channels::destination_schema().description()};
    out << "# Settings\n\n`engine` is `engine.json`; `channel` is a channel document, whose `source` and "
           "`destinations` are in\n"
           "[connectors](connectors.md); `destination` is what every destination can be told beside that.\n\n"
        << settings::reference_markdown(pages);
}

void write_metrics(std::ostream& out) {
    out << "# Metrics\n\nPrometheus text format on `/metrics`. Every operational event has a counter "
           "`gantry_<event>_total`, with the\n"
           "event's names and codes as labels.\n\n| metric | type | what it is |\n|---|---|---|\n"
           "| `gantry_message_received_total` | counter | messages committed, by channel and outcome |\n"
           "| `gantry_message_refused_total` | counter | messages refused or held, by channel and error |\n"
           "| `gantry_delivery_failed_total` | counter | failed attempts that are tried again, by destination |\n"
           "| `gantry_delivery_dead_total` | counter | deliveries given up or refused, by destination |\n"
           "| `gantry_delivery_in_doubt_total` | counter | deliveries that may have arrived without proof, by "
           "destination |\n"
           "| `gantry_deliveries_decided_total` | counter | decisions of people about deliveries, by place (the "
           "destination; of a message sent again its channel) and action |\n"
           "| `gantry_fields_unread_total` | counter | values in fields that no mapping read, by channel and field |\n"
           "| `gantry_codes_unmapped_total` | counter | codes that a table did not know, by channel and table |\n"
           "| `gantry_channel_started_total`, `…_changed_…`, `…_stopped_…`, `…_failed_…` | counter | what reloads did, "
           "by "
           "channel |\n"
           "| `gantry_reloaded_total` | counter | configurations put in force while running |\n"
           "| `gantry_reload_refused_total` | counter | configurations with errors; what was in force went on |\n"
           "| `gantry_needs_restart_total` | counter | changed options that take effect at the next start, by option "
           "|\n"
           "| `gantry_queue_without_destination_total` | counter | destinations that are gone while deliveries wait "
           "for "
           "them |\n"
           "| `gantry_retention_pass_total`, `…_failed_…` | counter | passes of retention that removed something, that "
           "the database cut short |\n"
           "| `gantry_retention_removed_total` | counter | contents and messages that retention removed, by what |\n"
           "| `gantry_retention_returned_bytes_total` | counter | disk that retention gave back, on SQLite |\n"
           "| `gantry_messages_waiting` | gauge | messages between socket and commit |\n"
           "| `gantry_connections` | gauge | connections of all ports |\n"
           "| `gantry_deliveries_pending` | gauge | deliveries waiting or retried |\n"
           "| `gantry_resident_bytes` | gauge | memory in use |\n";
}

std::string schema_of(const std::string& kind) {
    if (kind == "channel") return channels::channel_json_schema();
    if (kind == "mapping") return mappings::mapping_json_schema();
    if (kind == "table") return mappings::table_json_schema();
    if (kind == "case") return case_json_schema();
    return settings::json_schema(engine_schema().description());
}

}  // namespace

int run_reference(const std::string& topic, const std::string& kind, std::ostream& out) {
    if (topic == "connectors")
        out << "# Connectors\n\n" << settings::reference_markdown(connectors());
    else if (topic == "settings")
        write_settings(out);
    else if (topic == "errors")
        write_errors(out);
    else if (topic == "metrics")
        write_metrics(out);
    else if (topic == "schema")
        out << schema_of(kind);
    else
        return 2;
    return 0;
}

int run_version(std::ostream& out) {
    out << "gantry " << GANTRY_VERSION << "\n";
    return 0;
}

}  // namespace gantry
