#include "channels/catalog/channel_document.hpp"
#include "engine/hl7/decode.hpp"
#include "engine/settings/generate.hpp"
#include "mappings/language/json_schema.hpp"

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

const settings::Schema<AcknowledgmentOptions>& acknowledgment_schema() {
    static const auto schema =
        settings::Schema<AcknowledgmentOptions>("acknowledgments", "How messages in enhanced mode are answered.")
            .option("always_one", &AcknowledgmentOptions::always_one,
                    "what would get no acknowledgment by MSH-15 and MSH-16 gets the accept acknowledgment: for senders "
                    "that ask for nothing and wait for a frame all the same")
            .option("application_to", &AcknowledgmentOptions::application_to,
                    "a queued destination of this channel: application acknowledgments go there, and nothing else "
                    "does; empty: over the sender's own connection")
            .example("\"his-replies\"");
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

// {"KIND": {its options}} for every kind.
void add_kinds(settings::Description& to, const auto& kinds) {
    for (const auto& kind : kinds) {
        const auto description = kind.describe();
        json::Writer schema;
        settings::write_schema(schema, description);
        auto& option = to.options.emplace_back();
        option.name = kind.name;
        option.meaning = description.summary;
        option.schema = std::move(schema).text();
    }
}

void write_one_of(json::Writer& out, const auto& kinds) {
    out.begin_object().key("oneOf").begin_array();
    for (const auto& kind : kinds) {
        out.begin_object().key("required").begin_array().value(kind.name).end_array().end_object();
    }
    out.end_array().end_object();
}

// An object that names exactly one of the kinds.
std::string connector_schema(settings::Description common, const auto& kinds) {
    add_kinds(common, kinds);
    json::Writer out;
    out.begin_object().key("allOf").begin_array();
    settings::write_schema(out, common);
    write_one_of(out, kinds);
    return out.end_array().end_object().text();
}

std::vector<std::string> names_of(const settings::Description& description) {
    std::vector<std::string> out;
    for (const auto& option : description.options) out.push_back(option.name);
    return out;
}

const settings::OptionDescription* option_of(const settings::Description& description, const std::string& name) {
    for (const auto& option : description.options)
        if (option.name == name) return &option;
    return nullptr;
}

// The options of one kind of connector.
std::vector<std::string> order_of_kind(const auto& kinds, const std::string& name) {
    for (const auto& kind : kinds)
        if (kind.name == name) return names_of(kind.describe());
    return {};
}

// Of the object at path[at …] of something described so.
std::vector<std::string> order_within(const settings::Description& description, const std::vector<std::string>& path,
                                      std::size_t at) {
    if (at == path.size()) return names_of(description);
    const auto* option = option_of(description, path[at]);
    return option && option->nested ? order_within(*option->nested, path, at + 1) : std::vector<std::string>();
}

// path: "destinations", its name, and what is below. The kind comes first.
std::vector<std::string> order_of_destination(const std::vector<std::string>& path) {
    const auto common = destination_schema().description();
    if (path.size() == 2) {
        std::vector<std::string> out;
        for (const auto& kind : destination_kinds()) out.emplace_back(kind.name);
        const auto rest = names_of(common);
        out.insert(out.end(), rest.begin(), rest.end());
        return out;
    }
    auto out = path.size() == 3 ? order_of_kind(destination_kinds(), path[2]) : std::vector<std::string>();
    return out.empty() && path.size() > 2 ? order_within(common, path, 2) : out;
}

std::string destinations_schema() {
    return R"({"type": "object", "minProperties": 1, "propertyNames": {"pattern": "^[A-Za-z0-9_.-]{1,64}$"},
               "additionalProperties": )" +
           connector_schema(destination_schema().description(), destination_kinds()) + "}";
}

constexpr auto condition_reference =
    R"({"anyOf": [{"$ref": "#/$defs/condition"}, {"$ref": "#/$defs/resource_condition"}]})";
constexpr auto rules_schema = R"({"type": "object", "minProperties": 1, "additionalProperties":
    {"anyOf": [{"$ref": "#/$defs/condition"}, {"$ref": "#/$defs/resource_condition"}]}})";

}  // namespace

const settings::Schema<DestinationOptions>& destination_schema() {
    using Options = DestinationOptions;
    static const auto schema =
        settings::Schema<Options>("destination", "What every destination can be told, beside the options of its kind.")
            .option("enabled", &Options::enabled, "one that is not enabled is checked and gets nothing")
            .option("when", &Options::when, "which of the accepted messages it gets; not set: all")
            .shape("condition", condition_reference)
            .example(R"({"event": ["O01", "O19", "O23"]})")
            .option("urgent_when", &Options::urgent_when,
                    "which of them go before the others that wait, together with what is ahead of them with the same "
                    "ordering key; not set: none. Only of queued destinations that are not strict")
            .shape("condition", condition_reference)
            .example(R"({"in": ["OBR-27.6", ["S", "STAT"]]})")
            .option("mapping", &Options::mapping,
                    "an outgoing mapping: what it gets instead of the message as it came; messages that this mapping "
                    "does not name are not for it")
            .example("\"to-pacs\"")
            .option("order", &Options::order,
                    "by_key: what cannot be delivered holds back what has the same ordering key; strict: everything. "
                    "Only of queued destinations, as retry",
                    {{"by_key", Options::Order::by_key}, {"strict", Options::Order::strict}})
            .object("retry", &Options::retry, runtime::retry_schema(), "when a delivery that failed is tried again")
            .option("in_doubt", &Options::in_doubt,
                    "what becomes of a delivery that may have arrived without proof (the connection broke before the "
                    "answer, or this program ended). resend: it is sent again, and the ledger says that it was in "
                    "doubt; hold: it waits for a person, and what has the same ordering key with it",
                    {{"resend", runtime::DeliveryWorker::InDoubt::resend},
                     {"hold", runtime::DeliveryWorker::InDoubt::hold}})
            .option("connections", &Options::connections,
                    "so many deliveries at once, never two of one ordering key; with \"order\": \"strict\" one is "
                    "enough")
            .range(1, 64)
            .option("rate", &Options::rate, "deliveries per second, at most; 0: as fast as they are taken")
            .range(0, 100000);
    return schema;
}

const settings::Schema<ChannelOptions>& channel_schema() {
    static const auto schema =
        settings::Schema<ChannelOptions>("channel", "One source, what its messages mean, and where they go.")
            .option("description", &ChannelOptions::description, "for people")
            .option("groups", &ChannelOptions::groups, "that the channel belongs to, for those who look after many")
            .example(R"(["radiology"])")
            .option("labels", &ChannelOptions::labels, "what else to know about it")
            .example(R"({"owner": "integration team"})")
            .option("enabled", &ChannelOptions::enabled, "a channel that is not enabled is checked and not started")
            .option("source", &ChannelOptions::source, "where messages come from: one connector with its options")
            .required()
            .shape("a connector", connector_schema({"source", "Where messages come from.", {}}, source_kinds()))
            .option("accept", &ChannelOptions::accept,
                    "rules by name, each a condition of the mapping language. A message for which one of them does not "
                    "hold is answered AA and recorded as filtered by that rule")
            .shape("conditions by name", rules_schema)
            .example(R"({"for radiology": {"equals": ["MSH-6", "RADIOLOGY"]}})")
            .option("mappings", &ChannelOptions::mappings,
                    "mapping documents, one at least; the message type chooses among them. Of the source fhir: none")
            .option(
                "ordering", &ChannelOptions::ordering,
                "what keeps deliveries in order: those of one \"patient\", one \"accession\" number or one \"peer\" "
                "(address of the sender), or a message path. Where a message does not say it: patient, accession "
                "number, peer")
            .example("\"PV1-19\"")
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
            .object("acknowledgments", &ChannelOptions::acknowledgments, acknowledgment_schema(),
                    "how messages in enhanced mode (MSH-15, MSH-16) are answered")
            .option(
                "sequence_numbers", &ChannelOptions::sequence_numbers,
                "this sender counts its messages in MSH-13 (HL7 v2.9 2.10.1): one that is not the next is refused, "
                "and MSA-4 says which is expected; 0 asks for it, -1 begins anew. Messages without MSH-13 are taken "
                "as they come")
            .option("replies_to", &ChannelOptions::replies_to,
                    "destinations, \"channel/name\", whose application acknowledgments may come over this channel: a "
                    "message with an MSA is then one of these, and nothing else")
            .example(R"(["his-orders/ris"])")
            .object("orders", &ChannelOptions::orders, order_schema(), "what is particular about this sender's orders")
            .object("patients", &ChannelOptions::patients, patient_schema(),
                    "what is particular about this sender's patient numbers")
            .object("results", &ChannelOptions::results, result_schema(),
                    "what is particular about this sender's results")
            .option("destinations", &ChannelOptions::destinations,
                    "where messages go: connectors by name, each with its options")
            .required()
            .shape("connectors by name", destinations_schema());
    return schema;
}

std::vector<std::string> channel_key_order(const std::vector<std::string>& path) {
    if (!path.empty() && path[0] == "destinations") return order_of_destination(path);
    if (path.size() == 2 && path[0] == "source") return order_of_kind(source_kinds(), path[1]);
    return order_within(channel_schema().description(), path, 0);
}

std::string channel_json_schema() {
    auto definitions = mappings::schema_definitions();
    definitions.insert(definitions.rfind('}'), "," + std::string(resource_condition_definitions()));
    return settings::json_schema(channel_schema().description(), definitions);
}

}  // namespace gantry::channels
