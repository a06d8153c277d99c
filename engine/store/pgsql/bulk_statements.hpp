// Many rows of one table in one statement, sent with others in one round trip.
#pragma once
#include "engine/effects/fields.hpp"
#include "engine/store/pgsql/connection.hpp"

namespace gantry::store::pgsql {

// The given columns, then one for each field of the table.
Columns with_fields(Columns columns, effects::RecordKind kind);

// INSERT … SELECT FROM unnest.
class BulkInsert {
  public:
    // name: of the statement, a literal. after: what follows the SELECT, an ON CONFLICT.
    BulkInsert(const char* name, std::string_view table, const Columns& columns, std::string_view after = {});
    ArrayRows& row() { return rows_.row(); }
    void clear() { rows_.clear(); }
    void send(Connection& connection) const;  // nothing without rows

  private:
    Statement statement_;
    ArrayRows rows_;
};

// UPDATE … FROM unnest. Each row must be there, and as it was read; otherwise the flush fails with a conflict.
class BulkUpdate {
  public:
    // The first column is the id. A column as_read is not set: it is the last_change that the row must still have.
    BulkUpdate(const char* name, std::string_view table, const Columns& columns);
    ArrayRows& row() { return rows_.row(); }
    void clear() { rows_.clear(); }
    void send(Connection& connection) const;

  private:
    Statement statement_;
    ArrayRows rows_;
};

template <class Rows, class Field>
void add_fields(Rows& rows, const effects::FieldValues<Field>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) rows.text(values.at(i));
}

}  // namespace gantry::store::pgsql
