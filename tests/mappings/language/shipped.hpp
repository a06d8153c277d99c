// The tables and documents that are shipped, loaded once; and messages from lines of text.
#pragma once
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "mappings/language/mapping.hpp"

namespace gantry::mappings::testing {

inline std::string file_text(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void show(const json::Diagnostics& diagnostics) {
    for (const auto& one : diagnostics.all()) BOOST_TEST_MESSAGE(one.text());
}

inline const Tables& shipped_tables() {
    static const Tables tables = [] {
        Tables out;
        for (const auto& entry :
             std::filesystem::directory_iterator(std::string(GANTRY_SOURCE_DIR) + "/mappings/tables")) {
            if (entry.path().extension() != ".json") continue;
            const auto document = json::parse(file_text(entry.path()));
            BOOST_REQUIRE_MESSAGE(document.ok(), entry.path());
            json::Diagnostics diagnostics(entry.path().filename().string());
            auto table = Table::load(entry.path().stem().string(), *document, diagnostics);
            show(diagnostics);
            BOOST_REQUIRE_MESSAGE(table, entry.path());
            out.add(std::move(*table));
        }
        return out;
    }();
    return tables;
}

inline const MappingSet& shipped_mappings() {
    static const MappingSet set = [] {
        MappingSet out;
        for (const auto* name :
             {"orders-v2", "imaging-orders-v2", "patients-v2", "schedules-v2", "results-v2", "documents-v2"}) {
            const auto path = std::string(GANTRY_SOURCE_DIR) + "/mappings/documents/" + name + ".json";
            const auto document = json::parse(file_text(path));
            BOOST_REQUIRE_MESSAGE(document.ok(), path << " " << (document.ok() ? "" : document.error().text()));
            json::Diagnostics diagnostics(std::string(name) + ".json");
            auto mapping = compile(name, *document, shipped_tables(), diagnostics);
            show(diagnostics);
            BOOST_REQUIRE_MESSAGE(mapping, path);
            BOOST_REQUIRE(out.add(std::move(*mapping)));
        }
        return out;
    }();
    return set;
}

// Lines separated by \n become segments.
inline hl7::Message message_of(std::string text) {
    for (auto& c : text) c = c == '\n' ? '\r' : c;
    auto message = hl7::Message::parse(std::move(text));
    BOOST_REQUIRE_MESSAGE(message.ok(), "not a message");
    return std::move(message).value();
}

inline MappingContext filler_context() {
    MappingContext context;
    context.channel = "orders";
    context.default_authority = "SITE";
    context.accession_issuer = "RIS";
    context.coverage = true;
    return context;
}

inline constexpr Instant received_at{1'795'392'000'000'000};  // 2026-11-23T00:00:00Z

inline effects::Effects map(const std::string& text, const MappingContext& context = filler_context()) {
    const auto message = message_of(text);
    return shipped_mappings().evaluate(message, context, received_at);
}

}  // namespace gantry::mappings::testing
