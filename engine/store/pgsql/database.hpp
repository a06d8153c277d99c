// A PostgreSQL database under ODB: a pool of sessions for readers, and the schema.
#pragma once
#include <odb/pgsql/database.hxx>

#include <memory>
#include <string>

#include "engine/base/result.hpp"

namespace gantry::store::pgsql {

// Whether libpq would take this as a place: postgresql://… or key=value.
bool is_target(const std::string& url);

// Runs the migrations that are missing, one program at a time. Errors: storage_unavailable, storage_schema_newer,
// storage_schema_broken.
Result<void> migrate(const std::string& target);

// Whether it has the schema this program knows; changes nothing. Errors: as of migrate().
Result<void> schema_is_ours(const std::string& target);

// Sessions are opened when they are needed, kept, and replaced when the server was restarted. Any thread.
std::unique_ptr<odb::pgsql::database> open_pool(const std::string& target);

}  // namespace gantry::store::pgsql
