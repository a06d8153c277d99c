// A search of records as SQL that SQLite and PostgreSQL both read: pieces of text, each followed by a value to bind or
// by none. Pure.
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "engine/store/record_search.hpp"

namespace gantry::store {

struct SqlPiece {
    std::string text;
    std::variant<std::monostate, std::string, std::int64_t> value;  // bound after the text
};
using Sql = std::vector<SqlPiece>;

// Columns: id, and the sort keys as one text each. std::logic_error: a column that the table does not have.
Sql find_sql(const RecordQuery& query, const std::optional<FoundRecord>& after, std::size_t most);
Sql count_sql(const RecordQuery& query);
// The same, but not beyond `most`.
Sql limited_count_sql(const RecordQuery& query, std::size_t most);

}  // namespace gantry::store
