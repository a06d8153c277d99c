// What the fuzz targets share: a property that must hold, and the shipped mappings and tables.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "engine/json/diagnostic.hpp"
#include "engine/json/value.hpp"
#include "mappings/language/mapping.hpp"
#include "mappings/language/outgoing.hpp"

namespace gantry::fuzz {

inline void must(bool holds, const char* property) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", property);
    std::abort();
}

inline std::string_view text_of(const unsigned char* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

inline std::string file_text(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline std::filesystem::path source(const char* below) {
    return std::filesystem::path(GANTRY_SOURCE_DIR) / below;
}

inline const mappings::Tables& shipped_tables() {
    static const mappings::Tables tables = [] {
        mappings::Tables out;
        for (const auto& entry : std::filesystem::directory_iterator(source("mappings/tables"))) {
            const auto document = json::parse(file_text(entry.path()));
            json::Diagnostics problems(entry.path().filename().string());
            auto table = document ? mappings::Table::load(entry.path().stem().string(), *document, problems)
                                  : std::optional<mappings::Table>();
            must(table.has_value(), "a shipped table loads");
            out.add(std::move(*table));
        }
        return out;
    }();
    return tables;
}

inline json::Value shipped_document(const std::string& below) {
    auto document = json::parse(file_text(source(below.c_str())));
    must(document.ok(), "a shipped document is JSON");
    return std::move(document).value();
}

// Those of the shipped channel, which reads every kind of message.
inline const mappings::MappingSet& shipped_mappings() {
    static const mappings::MappingSet set = [] {
        mappings::MappingSet out;
        const auto channel = shipped_document("channels/definitions/his-orders.json");
        for (const auto& name : channel.find("mappings")->items()) {
            json::Diagnostics problems(name.string());
            auto mapping = compile(name.string(), shipped_document("mappings/documents/" + name.string() + ".json"),
                                   shipped_tables(), problems);
            must(mapping && out.add(std::move(*mapping)), "a shipped mapping compiles");
        }
        return out;
    }();
    return set;
}

inline mappings::Outgoing shipped_outgoing() {
    json::Diagnostics problems("orders-to-pacs");
    auto out = mappings::Outgoing::compile("orders-to-pacs", shipped_document("mappings/documents/orders-to-pacs.json"),
                                           shipped_tables(), problems);
    must(out.has_value(), "the shipped outgoing mapping compiles");
    return std::move(*out);
}

// Every problem of the document has its place inside it, a code and a sentence.
inline void stands_inside(const json::Diagnostics& problems, std::string_view document) {
    std::vector<std::size_t> widths{0};
    for (const char c : document) {
        if (c == '\n')
            widths.push_back(0);
        else
            ++widths.back();
    }
    for (const auto& problem : problems.all()) {
        must(!problem.message.empty(), "a problem says what it is");
        if (problem.file != problems.file()) continue;  // of a table that the document cannot use
        const auto [line, column] = problem.position;
        must(line >= 1 && line <= widths.size(), "the line of a problem is in the document");
        must(column >= 1 && column <= widths[line - 1] + 1, "the column of a problem is in its line");
    }
}

}  // namespace gantry::fuzz
