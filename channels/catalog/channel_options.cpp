#include "channels/catalog/channel_document.hpp"
#include "engine/hl7/decode.hpp"

namespace gantry::channels {
namespace {

const settings::Schema<OrderOptions>& order_schema() {
    static const auto schema =
        settings::Schema<OrderOptions>("orders", "What is particular about this sender's orders.")
            .option("role", &OrderOptions::role,
                    "order_filler: this engine schedules, makes missing numbers, refuses to cancel what has started; "
                    "image_manager: the "
                    "sender schedules and is obeyed",
                    {{"order_filler", OrderOptions::Role::order_filler},
                     {"image_manager", OrderOptions::Role::image_manager}})
            .option("generate_accession", &OrderOptions::generate_accession,
                    "as order_filler: make an accession number where none was sent; otherwise such an order is held")
            .option("refuse_changes_once_started", &OrderOptions::refuse_changes_once_started,
                    "answer UX instead of XR to a change after the start; reason and priority are applied all the same")
            .option("refuse_changed_resends", &OrderOptions::refuse_changed_resends,
                    "answer UA to a new order that is known with other content, instead of updating it")
            .option("order_responses", &OrderOptions::order_responses,
                    "answer orders with ORR^O02, ORG^O20, ORI^O24 instead of a general ACK")
            .option("accession", &OrderOptions::accession,
                    "where the accession number is: the first of these with a value; empty: as the mapping says")
            .example(R"(["OBR-18", "ORC-3.1"])")
            .option("accession_issuer", &OrderOptions::accession_issuer,
                    "who issues the accession numbers; keeps two sites apart")
            .option("placer_namespace", &OrderOptions::placer_namespace,
                    "of placer numbers without one; empty: MSH-3 and MSH-4")
            .option("modality_reading", &OrderOptions::modality_reading,
                    "how OBR-24 is read: as DICOM modalities or as HL7 table 0074")
            .choices({"dicom", "0074"})
            .option("modalities", &OrderOptions::modalities, "the modalities OBR-24 may give; empty: all of the table")
            .example(R"(["CT", "MR"])");
    return schema;
}

const settings::Schema<PatientOptions>& patient_schema() {
    static const auto schema =
        settings::Schema<PatientOptions>("patients", "What is particular about this sender's patient numbers.")
            .option("default_authority", &PatientOptions::default_authority,
                    "of numbers without an assigning authority")
            .option("preferred_authorities", &PatientOptions::preferred_authorities,
                    "whose number a patient is filed under, best first")
            .option("record_number_types", &PatientOptions::record_number_types,
                    "what this sender writes in PID-3.5 for MR, the medical record number")
            .option(
                "temporary_identifiers", &PatientOptions::temporary_identifiers,
                "beginnings of numbers of people not known yet: their name, birth date and sex may all change at once");
    return schema;
}

std::string unknown_charset(const std::string& name) {
    if (name.empty() || hl7::is_known_charset(name)) return {};
    return "\"" + name + "\" is not a character set of HL7 table 0211, such as 8859/1, UNICODE UTF-8 or ISO IR87";
}

const settings::Schema<ResultOptions>& result_schema() {
    using effects::ResultWithoutOrder;
    static const auto schema =
        settings::Schema<ResultOptions>("results", "What is particular about this sender's results.")
            .option("without_order", &ResultOptions::without_order,
                    "a result for an order that nobody sent. imaging: makes a minimal order where OBR-24, TXA-2 or the "
                    "procedure table says that it is about imaging, and is refused where nothing says so; all: nothing "
                    "but imaging comes this way; filter: as imaging, but filtered where nothing says so; reject: no "
                    "result without its order. What says itself that it is not about imaging is always filtered",
                    {{"imaging", ResultWithoutOrder::imaging},
                     {"all", ResultWithoutOrder::all},
                     {"filter", ResultWithoutOrder::filter},
                     {"reject", ResultWithoutOrder::reject}});
    return schema;
}

}  // namespace

const settings::Schema<ChannelOptions>& channel_schema() {
    static const auto schema =
        settings::Schema<ChannelOptions>("channel", "One source, what its messages mean, and where they go.")
            .option("description", &ChannelOptions::description, "for people")
            .option("enabled", &ChannelOptions::enabled, "a channel that is not enabled is checked and not started")
            .option("mappings", &ChannelOptions::mappings, "mapping documents; the message type chooses among them")
            .required()
            .check(
                [](const ChannelOptions& o) { return std::string(o.mappings.empty() ? "at least one is needed" : ""); })
            .option("processing_ids", &ChannelOptions::processing_ids,
                    "MSH-11 values this channel takes: P production, T training, D debugging")
            .option("control_id_needed", &ChannelOptions::control_id_needed,
                    "refuse a message without MSH-10; otherwise it is taken, and its copies are taken as well")
            .option("cannot_now", &ChannelOptions::cannot_now,
                    "the answer when a message cannot be stored at this moment; by_mode: AR in original mode, CE in "
                    "enhanced mode; reject: AR or CR; error: AE or CE",
                    {{"by_mode", CannotNow::by_mode}, {"reject", CannotNow::reject}, {"error", CannotNow::error}})
            .option("character_set", &ChannelOptions::character_set, "of messages that do not say it in MSH-18")
            .example(R"("8859/1")")
            .check([](const ChannelOptions& o) { return unknown_charset(o.character_set); })
            .option("always_character_set", &ChannelOptions::always_character_set,
                    "of every message, whatever MSH-18 says: for a sender that sends something else than it says")
            .check([](const ChannelOptions& o) { return unknown_charset(o.always_character_set); })
            .option(
                "validation", &ChannelOptions::validation,
                "against the definitions of the message's version of HL7: off; warn, the problems become warnings of "
                "the outcome; strict, the message is rejected with an ERR for each problem",
                {{"off", Validation::off}, {"warn", Validation::warn}, {"strict", Validation::strict}})
            .object("orders", &ChannelOptions::orders, order_schema(), "what is particular about this sender's orders")
            .object("patients", &ChannelOptions::patients, patient_schema(),
                    "what is particular about this sender's patient numbers")
            .object("results", &ChannelOptions::results, result_schema(),
                    "what is particular about this sender's results");
    return schema;
}

}  // namespace gantry::channels
