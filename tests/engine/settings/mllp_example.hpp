// A component with an option of every type, as the tests of this room's readers and generators need it.
#pragma once
#include "engine/settings/schema.hpp"

namespace gantry::example {

enum class Mode : std::uint8_t { original, enhanced };

struct TlsOptions {
    std::string certificate;
    bool verify = true;
};

struct RetryOptions {
    int attempts = 5;
    std::chrono::milliseconds first_wait{500};
};

struct TableOptions {
    std::string name;
    int rows = 0;
};

struct MllpOptions {
    std::string station;
    std::string address = "127.0.0.1";
    int port = 2575;
    std::int8_t small = 1;
    std::chrono::seconds idle{300};
    settings::ByteSize max_bytes = 16u << 20;
    bool keep_alive = true;
    double load = 0.5;
    std::vector<std::string> allowed = {"127.0.0.1"};
    std::map<std::string, std::string> labels;
    settings::Secret password;
    std::map<std::string, settings::Secret> keys;
    settings::HostPort peer;
    Mode mode = Mode::original;
    std::string level = "low";
    std::optional<int> limit;
    json::Value extra;
    std::optional<TlsOptions> tls;
    RetryOptions retry{3, std::chrono::milliseconds(250)};
    std::vector<TableOptions> tables;
};

inline const settings::Schema<TlsOptions>& tls_schema() {
    static const auto schema = settings::Schema<TlsOptions>("tls", "Transport security.")
                                   .option("certificate", &TlsOptions::certificate, "PEM file")
                                   .required()
                                   .option("verify", &TlsOptions::verify, "ask for a client certificate");
    return schema;
}

inline const settings::Schema<RetryOptions>& retry_schema() {
    static const auto schema = settings::Schema<RetryOptions>("retry", "Trying again.")
                                   .option("attempts", &RetryOptions::attempts, "how often")
                                   .range(1, 100)
                                   .option("first_wait", &RetryOptions::first_wait, "before the second attempt");
    return schema;
}

inline const settings::Schema<TableOptions>& table_schema() {
    static const auto schema = settings::Schema<TableOptions>("table", "A table.")
                                   .option("name", &TableOptions::name, "its name")
                                   .required()
                                   .option("rows", &TableOptions::rows, "how many");
    return schema;
}

inline const settings::Schema<MllpOptions>& mllp_schema() {
    using O = MllpOptions;
    static const auto schema =
        settings::Schema<O>("mllp", "HL7 v2 over a TCP connection.")
            .option("station", &O::station, "station | name")
            .required()
            .example("\"CT1\"")
            .option("address", &O::address, "where it listens")
            .check([](const O& options) { return options.address == "*" ? "\"*\" is no address" : ""; })
            .option("port", &O::port, "TCP port")
            .range(1, 65535)
            .option("small", &O::small, "a small number")
            .option("idle", &O::idle, "closes a silent connection after this")
            .range(std::chrono::seconds(1), std::chrono::hours(1))
            .option("max_bytes", &O::max_bytes, "longest message")
            .range(settings::ByteSize(1024), settings::ByteSize(1u << 30))
            .option("keep_alive", &O::keep_alive, "TCP keep-alive")
            .option("load", &O::load, "when to say no")
            .range(0, 1)
            .option("allowed", &O::allowed, "peers")
            .option("labels", &O::labels, "labels")
            .option("password", &O::password, "password")
            .option("keys", &O::keys, "keys by name")
            .option("peer", &O::peer, "the other side")
            .example("\"pacs.example:104\"")
            .option("mode", &O::mode, "acknowledgment mode",
                    {{"original", Mode::original}, {"enhanced", Mode::enhanced}})
            .option("level", &O::level, "how loud")
            .choices({"low", "high"})
            .option("limit", &O::limit, "most at once")
            .option("extra", &O::extra, "read elsewhere")
            .object("tls", &O::tls, tls_schema(), "transport security")
            .object("retry", &O::retry, retry_schema(), "trying again")
            .list("tables", &O::tables, table_schema(), "tables");
    return schema;
}

}  // namespace gantry::example
