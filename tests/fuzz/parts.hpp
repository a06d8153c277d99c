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

inline const mappings::MappingSet& shipped_mappings() {
    static const mappings::MappingSet set = [] {
        mappings::MappingSet out;
        for (const auto& entry : std::filesystem::directory_iterator(source("mappings/documents"))) {
            const auto document = json::parse(file_text(entry.path()));
            json::Diagnostics problems(entry.path().filename().string());
            auto mapping = document ? compile(entry.path().stem().string(), *document, shipped_tables(), problems)
                                    : std::optional<mappings::Mapping>();
            must(mapping && out.add(std::move(*mapping)), "a shipped mapping compiles");
        }
        return out;
    }();
    return set;
}

// Every problem has its place inside the document, a code and a sentence.
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
        const auto [line, column] = problem.position;
        must(line >= 1 && line <= widths.size(), "the line of a problem is in the document");
        must(column >= 1 && column <= widths[line - 1] + 1, "the column of a problem is in its line");
    }
}

}  // namespace gantry::fuzz
