#include <algorithm>

#include "engine/dicom/character_set.hpp"
#include "engine/dicom/dataset.hpp"
#include "engine/main/configuration.hpp"
#include "engine/net/http_cors.hpp"

namespace gantry {
namespace {

const settings::Schema<HttpPlace>& http_schema() {
    static const auto schema =
        settings::Schema<HttpPlace>("http", "Health, readiness and metrics.")
            .option("address", &HttpPlace::address, "address to listen on")
            .option("port", &HttpPlace::port, "TCP port; 0 takes any free one")
            .range(0, 65535)
            .option("max_connections", &HttpPlace::max_connections, "further ones are closed")
            .range(1, 100'000)
            .option("max_connections_per_peer", &HttpPlace::max_connections_per_peer, "from one address; 0: no limit")
            .range(0, 100'000);
    return schema;
}

const settings::Schema<FhirSettings>& fhir_schema() {
    static const auto schema =
        settings::Schema<FhirSettings>("fhir", "How the records are seen through FHIR.")
            .option("base", &FhirSettings::base,
                    "address of /fhir as clients call it, behind a proxy; empty: as each request names this server")
            .example("\"https://fhir.example.org/fhir\"")
            .option("identifier_systems", &FhirSettings::identifier_systems,
                    "assigning authorities of identifiers and the systems (URIs) that FHIR knows them by")
            .option("cors_origins", &FhirSettings::cors_origins,
                    "web pages of these origins may ask (CORS), \"*\": of all; they need a token all the same")
            .example("[\"https://viewer.example.org\"]")
            .check([](const FhirSettings& all) -> std::string {
                for (const auto& origin : all.cors_origins)
                    if (!net::is_origin(origin))
                        return "\"" + origin + "\" is no origin: a scheme, a host, perhaps a port, and nothing behind";
                return {};
            })
            .object("export", &FhirSettings::exports, fhir::export_schema(), "what a bulk export ($export) may take")
            .object("subscriptions", &FhirSettings::subscriptions, fhir::subscription_schema(), "who may be notified");
    return schema;
}

const settings::Schema<DicomLimits>& dicom_limits_schema() {
    static const auto schema =
        settings::Schema<DicomLimits>("dicom_limits", "What the DICOM port takes.")
            .option("max_connections", &DicomLimits::max_connections, "further ones are closed")
            .range(1, 100'000)
            .option("max_connections_per_peer", &DicomLimits::max_connections_per_peer, "from one address; 0: no limit")
            .range(0, 100'000)
            .option(
                "max_refusals_per_peer", &DicomLimits::max_refusals_per_peer,
                "how often one address may be refused in a minute (not DICOM, an AE title that may not call) before "
                "its connections are closed for the rest of it; 0: no limit")
            .range(0, 100'000);
    return schema;
}

using Bodies = RetentionSettings::Bodies;
using Messages = RetentionSettings::Messages;
constexpr std::chrono::minutes least_age(1);
constexpr std::chrono::hours longest_age(24 * 365 * 100);

const settings::Schema<Bodies>& retained_bodies_schema() {
    static const auto schema =
        settings::Schema<Bodies>("retention_bodies", "Contents of messages: what was received and what was delivered.")
            .option("age", &Bodies::age, "older ones are removed, their messages stay; not given: none")
            .range(least_age, longest_age)
            .example("\"90d\"");
    return schema;
}

const settings::Schema<Messages>& retained_messages_schema() {
    static const auto schema =
        settings::Schema<Messages>("retention_messages", "Messages with all that belongs to them.")
            .option("age", &Messages::age, "older ones are removed; not given: none")
            .range(least_age, longest_age)
            .example("\"365d\"")
            .option("count", &Messages::count, "how many stay, the newest; not given: all")
            .range(1, 1e15)
            .example("10000000");
    return schema;
}

const settings::Schema<RetentionSettings>& retention_schema() {
    using Settings = RetentionSettings;
    static const auto schema =
        settings::Schema<Settings>("retention", "What is removed from the message store; nothing, unless it is said.")
            .object("bodies", &Settings::bodies, retained_bodies_schema(), "contents of messages")
            .object("messages", &Settings::messages, retained_messages_schema(),
                    "messages with contents, deliveries and history")
            .option("size", &Settings::size,
                    "of the database: beyond it contents are removed, oldest first, then messages; not given: no limit")
            .range(settings::ByteSize(1'000'000), settings::ByteSize(std::size_t{1} << 53))
            .example("\"50GB\"")
            .option("every", &Settings::every, "from one pass to the next")
            .range(std::chrono::seconds(1), std::chrono::hours(24 * 7))
            .option("pause", &Settings::pause, "between two steps of a pass, for others to write")
            .range(std::chrono::milliseconds(1), std::chrono::minutes(1))
            .option("batch", &Settings::batch, "messages that one step looks at")
            .range(1, 1000);
    return schema;
}

// Rows within the duplicate window are never removed: an age below it would promise what is not done.
std::string wrong_retention(const EngineOptions& options) {
    const auto& [bodies, messages, size, every, pause, batch] = options.retention;
    if (!messages.age) return {};
    if (bodies.age && *messages.age < *bodies.age)
        return "messages.age is shorter than bodies.age: with a message goes its content";
    if (*messages.age < options.duplicate_window)
        return std::string("messages.age is shorter than duplicate_window, ")
            .append(settings::to_string(options.duplicate_window))
            .append(": a copy that comes within it gets the answer of its original, which has to be there");
    return {};
}

// PS3.5 6.2, AE.
std::string wrong_ae_title(const std::string& title) {
    const bool printable = std::all_of(title.begin(), title.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
    const bool good = printable && !title.empty() && title.size() <= 16 && title == dicom::trimmed(title) &&
                      title.find('\\') == std::string::npos;
    return good ? "" : "an AE title has 1 to 16 characters of ASCII, no \\, and no blank at its ends";
}

std::string wrong_character_set(const dicom::CallingAe& ae) {
    for (const auto& term : ae.character_sets) {
        if (dicom::TextEncoder(term).known()) continue;
        std::string known;
        for (const auto& one : dicom::known_character_sets()) known += (known.empty() ? "" : ", ") + one;
        return "\"" + term + "\" is no character set that can be written; there are " + known;
    }
    return {};
}

const settings::Schema<dicom::CallingAe>& calling_ae_schema() {
    static const auto schema = settings::Schema<dicom::CallingAe>("calling_ae", "One modality that may call.")
                                   .option("ae_title", &dicom::CallingAe::ae_title, "its AE title")
                                   .required()
                                   .check([](const auto& ae) { return wrong_ae_title(ae.ae_title); })
                                   .option("character_sets", &dicom::CallingAe::character_sets,
                                           "defined terms of (0008,0005) it can read, best first")
                                   .example(R"(["ISO_IR 100", "ISO_IR 192"])")
                                   .check(wrong_character_set)
                                   .option("separate_date_time", &dicom::CallingAe::separate_date_time,
                                           "its date and time ranges are meant apart, not as one interval")
                                   .option("limit_to_calling_ae", &dicom::CallingAe::limit_to_calling_ae,
                                           "an empty station AE key means its own entries only")
                                   .option("cap", &dicom::CallingAe::cap, "answers to one query; 0: as for all");
    return schema;
}

const settings::Schema<dicom::MatchRules>& window_schema() {
    static const auto schema =
        settings::Schema<dicom::MatchRules>("window", "The days a worklist query without a date is answered for.")
            .option("days_before", &dicom::MatchRules::days_before, "before today")
            .range(0, 3650)
            .option("days_after", &dicom::MatchRules::days_after, "after today")
            .range(0, 3650);
    return schema;
}

const settings::Schema<dicom::DicomOptions>& dicom_schema() {
    static const auto schema =
        settings::Schema<dicom::DicomOptions>("dicom", "Verification and Modality Worklist.")
            .option("ae_title", &dicom::DicomOptions::ae_title, "the AE title of this engine")
            .check([](const auto& options) { return wrong_ae_title(options.ae_title); })
            .option("port", &dicom::DicomOptions::port, "TCP port; 0 takes any free one")
            .range(0, 65535)
            .list("calling_aes", &dicom::DicomOptions::calling_aes, calling_ae_schema(),
                  "who may call; empty: anybody on this machine, nobody else")
            .option("cap", &dicom::DicomOptions::cap, "answers to one query; 0: no limit")
            .option("max_associations", &dicom::DicomOptions::max_associations,
                    "associations at the same time; one more is told to come again")
            .range(1, 10'000)
            .object("window", &dicom::DicomOptions::rules, window_schema(),
                    "the days a worklist query without a date is answered for")
            .option("association_timeout", &dicom::DicomOptions::association_timeout, "for negotiation")
            .option("message_timeout", &dicom::DicomOptions::message_timeout,
                    "for one message from its first byte to its last")
            .option("write_timeout", &dicom::DicomOptions::write_timeout, "for the peer to take an answer")
            .option("idle_timeout", &dicom::DicomOptions::idle_timeout, "between messages of one association");
    return schema;
}

}  // namespace

const settings::Schema<EngineOptions>& engine_schema() {
    static const auto schema =
        settings::Schema<EngineOptions>("engine", "Everything that is not a channel, and where the channels are.")
            .option("channels", &EngineOptions::channels, "directory of channel documents, relative to this file")
            .option("mappings", &EngineOptions::mappings, "directory of mapping documents, relative to this file")
            .option("tables", &EngineOptions::tables, "directory of code tables, relative to this file")
            .option("watch", &EngineOptions::watch, "reload when a file of the configuration changes, as after SIGHUP")
            .option("store", &EngineOptions::store,
                    "where messages and records are kept: sqlite:FILE, inside the data directory, or postgresql://…")
            .example("\"postgresql://gantry:${GANTRY_PASSWORD}@db.example.org/gantry\"")
            .option("zone", &EngineOptions::zone,
                    "time zone of the site, a name of the tz database; empty: the machine's")
            .example("\"Europe/Berlin\"")
            .option("node", &EngineOptions::node,
                    "number of this node among those that share a database; below 256 on PostgreSQL")
            .range(0, 1023)
            .option("committers", &EngineOptions::committers,
                    "batches of messages that are stored side by side, on PostgreSQL")
            .range(1, 4)
            .option("duplicate_window", &EngineOptions::duplicate_window,
                    "a message that comes again within this time gets the first answer again")
            .option("search_text", &EngineOptions::search_text,
                    "contents of messages are indexed behind intake, for gantry messages --text; the same on all nodes "
                    "of a database")
            .object("retention", &EngineOptions::retention, retention_schema(),
                    "what is removed from the message store; nothing, unless it is said")
            .check(wrong_retention)
            .object("scripts", &EngineOptions::scripts, mappings::script_schema(),
                    "what a script of a mapping may spend on one message")
            .object("http", &EngineOptions::http, http_schema(), "health, readiness and metrics")
            .object("fhir", &EngineOptions::fhir, fhir_schema(), "how the records are seen through FHIR")
            .option("dicom_address", &EngineOptions::dicom_address, "address the DICOM port listens on")
            .object("dicom", &EngineOptions::dicom, dicom_schema(), "Verification and Modality Worklist")
            .object("dicom_limits", &EngineOptions::dicom_limits, dicom_limits_schema(), "what the DICOM port takes")
            .object("alarms", &EngineOptions::alarms, alarms::alarm_schema(),
                    "who is mailed about what needs a person");
    return schema;
}

}  // namespace gantry
