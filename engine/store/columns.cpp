#include "engine/store/columns.hpp"

#include <algorithm>

namespace gantry::store {
namespace {

std::string all_columns(std::string_view fixed, effects::RecordKind kind) {
    return std::string(fixed) + ", " + column_list(kind);
}

}  // namespace

std::string column_list(effects::RecordKind kind) {
    std::string out;
    for (const auto& field : effects::field_table(kind)) {
        if (!out.empty()) out += ", ";
        out.append("\"").append(field.name).append("\"");
    }
    return out;
}

std::string insert_statement(std::string_view table, std::string_view fixed, effects::RecordKind kind) {
    const auto columns = all_columns(fixed, kind);
    std::string marks = "?";
    for (auto n = std::count(columns.begin(), columns.end(), ','); n > 0; --n) marks += ", ?";
    return "INSERT INTO \"" + std::string(table) + "\" (" + columns + ") VALUES (" + marks + ")";
}

std::string update_statement(std::string_view table, std::string_view fixed, effects::RecordKind kind) {
    std::string assignments;
    for (const char c : all_columns(fixed, kind)) assignments += c == ',' ? " = ?," : std::string(1, c);
    return "UPDATE \"" + std::string(table) + "\" SET " + assignments + " = ? WHERE \"id\" = ?";
}

std::string select_statement(std::string_view table, std::string_view fixed, effects::RecordKind kind,
                             std::string_view condition) {
    return "SELECT " + all_columns(fixed, kind) + " FROM \"" + std::string(table) + "\" WHERE " +
           std::string(condition);
}

}  // namespace gantry::store
