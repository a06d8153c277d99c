#include "engine/main/mapping_usage.hpp"

#include <algorithm>

#include "mappings/language/document.hpp"

namespace gantry {
namespace {

std::string file_of(const Configuration& configuration, const std::string& directory, const std::string& name) {
    return (configuration.file.parent_path() / directory / (name + ".json")).lexically_normal().string();
}

void sort_by_position(std::vector<UsedParts::Part>& parts) {
    std::sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) {
        return std::pair(a.position.line, a.position.column) < std::pair(b.position.line, b.position.column);
    });
}

}  // namespace

void MappingUsage::expect(const std::vector<mappings::Mapping>& documents) {
    for (const auto& mapping : documents) {
        expressions_[mapping.name()];
        for (const auto& table : mapping.tables()) rows_[table->name()];
    }
}

void MappingUsage::add(const effects::Usage& usage) {
    if (usage.document.empty()) return;
    expressions_[usage.document].insert(usage.expressions.begin(), usage.expressions.end());
    for (const auto& row : usage.rows) rows_[row.table].insert(row.row);
}

std::vector<UsedParts> MappingUsage::report() const {
    std::vector<UsedParts> out;
    for (const auto& [name, used] : expressions_) {
        const auto found = configuration_.mappings.find(name);
        if (found == configuration_.mappings.end()) continue;
        const auto& places = found->second.document().expressions;
        auto& parts = out.emplace_back(UsedParts{false,
                                                 name,
                                                 file_of(configuration_, configuration_.options.mappings, name),
                                                 used.size(),
                                                 places.size(),
                                                 {}});
        for (std::size_t i = 0; i < places.size(); ++i)
            if (!used.contains(static_cast<std::uint32_t>(i + 1)))
                parts.unused.push_back({places[i].position, places[i].pointer});
        sort_by_position(parts.unused);
    }
    for (const auto& [name, used] : rows_) {
        const auto* table = configuration_.tables.find(name);
        if (!table) continue;
        auto& parts = out.emplace_back(UsedParts{
            true, name, file_of(configuration_, configuration_.options.tables, name), used.size(), table->rows(), {}});
        for (std::size_t row = 0; row < table->rows(); ++row)
            if (!used.contains(row)) parts.unused.push_back({table->position(row), "/rows/" + std::to_string(row)});
    }
    return out;
}

std::string to_text(const std::vector<UsedParts>& parts, bool with_unused) {
    std::string out;
    for (const auto& one : parts) {
        out += (one.table ? "table " : "mapping ") + one.name + ": " + std::to_string(one.used) + " of " +
               std::to_string(one.total) + (one.table ? " rows" : " expressions") + " used (" +
               std::to_string(one.percent()) + " %)\n";
        for (std::size_t i = 0; with_unused && i < one.unused.size(); ++i)
            out += "  " + one.file + ":" + std::to_string(one.unused[i].position.line) + ":" +
                   std::to_string(one.unused[i].position.column) + ": never used (at " + one.unused[i].pointer + ")\n";
    }
    return out;
}

}  // namespace gantry
