#include "engine/store/pgsql/bulk_statements.hpp"

namespace gantry::store::pgsql {
namespace {

std::string quoted(std::string_view name) {
    return "\"" + std::string(name) + "\"";
}

std::string names_of(const Columns& columns) {
    std::string out;
    for (const auto& column : columns) out += (out.empty() ? "" : ", ") + quoted(column.name);
    return out;
}

// unnest($1::bigint[], …)
std::string arrays_of(const Columns& columns) {
    std::string out;
    int parameter = 0;
    for (const auto& column : columns) {
        out += parameter == 0 ? "unnest($" : ", $";
        out += std::to_string(++parameter) + "::" + std::string(sql_name(column.type)) + "[]";
    }
    return out + ")";
}

std::string insert_sql(std::string_view table, const Columns& columns, std::string_view after) {
    return "INSERT INTO " + quoted(table) + " (" + names_of(columns) + ") SELECT * FROM " + arrays_of(columns) + " " +
           std::string(after);
}

std::string update_sql(std::string_view table, const Columns& columns) {
    std::string assignments, condition = " WHERE t.\"id\" = n.\"id\"";
    for (const auto& column : columns) {
        if (column.name == "id") continue;
        if (column.name == "as_read")
            condition += " AND t.\"last_change\" = n.\"as_read\"";
        else
            assignments += (assignments.empty() ? "" : ", ") + quoted(column.name) + " = n." + quoted(column.name);
    }
    return "UPDATE " + quoted(table) + " AS t SET " + assignments + " FROM " + arrays_of(columns) + " AS n(" +
           names_of(columns) + ")" + condition;
}

}  // namespace

Columns with_fields(Columns columns, effects::RecordKind kind) {
    for (const auto& field : effects::field_table(kind)) columns.push_back({field.name, Type::text});
    return columns;
}

BulkInsert::BulkInsert(const char* name, std::string_view table, const Columns& columns, std::string_view after)
    : statement_{name, insert_sql(table, columns, after)}, rows_(columns) {}

void BulkInsert::send(Connection& connection) const {
    if (!rows_.empty()) connection.later(statement_, rows_.parameters());
}

BulkUpdate::BulkUpdate(const char* name, std::string_view table, const Columns& columns)
    : statement_{name, update_sql(table, columns)}, rows_(columns) {}

void BulkUpdate::send(Connection& connection) const {
    if (rows_.empty()) return;
    connection.later(statement_, rows_.parameters(), [wanted = rows_.size()](const Answer& answer) {
        if (answer.affected() != wanted) throw Failure(Trouble::conflict);
    });
}

}  // namespace gantry::store::pgsql
