// Column lists made from the field table, so that a field added there is stored without a change here (but for the
// migration that adds its column).
#pragma once
#include <string>
#include <string_view>

#include "engine/effects/fields.hpp"

namespace gantry::store {

// "name", "birth_date", … in table order.
std::string column_list(effects::RecordKind kind);
// INSERT INTO table (fixed…, fields…) VALUES (?, …). fixed: comma-separated quoted names.
std::string insert_statement(std::string_view table, std::string_view fixed, effects::RecordKind kind);
// UPDATE table SET fixed = ?, …, fields = ?, … WHERE "id" = ?
std::string update_statement(std::string_view table, std::string_view fixed, effects::RecordKind kind);
// SELECT fixed…, fields… FROM table WHERE condition
std::string select_statement(std::string_view table, std::string_view fixed, effects::RecordKind kind,
                             std::string_view condition);

}  // namespace gantry::store
