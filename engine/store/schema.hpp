// Numbered, hand-written migrations per database (ODB cannot alter columns on SQLite). The ODB classes are the
// reference: a test compares the schema that the migrations make with the one that ODB would.
#pragma once
#include <span>
#include <string_view>

namespace gantry::store {

// SQL scripts in order; the schema's version is how many have run.
std::span<const std::string_view> sqlite_migrations();
std::span<const std::string_view> pgsql_migrations();

}  // namespace gantry::store
