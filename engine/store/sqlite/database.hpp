// A SQLite database under ODB: WAL, synchronous=FULL, one writer connection, a pool for readers, and a thread that
// folds the WAL back.
#pragma once
#include <odb/sqlite/connection.hxx>
#include <odb/sqlite/database.hxx>

#include <filesystem>
#include <memory>
#include <string>

#include "engine/base/result.hpp"
#include "engine/store/sqlite/checkpointer.hpp"

namespace gantry::store::sqlite {

// path: a file, or empty for a database in memory that lives as long as this object.
class Database {
  public:
    explicit Database(const std::filesystem::path& path);
    odb::database& odb() { return *database_; }
    sqlite3* writer() { return writer_->handle(); }

    // Runs the migrations that are missing. Errors: storage_schema_newer.
    Result<void> migrate();

  private:
    std::unique_ptr<odb::sqlite::database> database_;
    odb::sqlite::connection_ptr writer_, folding_;  // the latter null in memory, as is the next
    std::unique_ptr<Checkpointer> checkpointer_;
};

// Connections that can only read a file that an engine may be writing. Errors: storage_unavailable (there is none),
// storage_schema_newer, storage_schema_broken (no engine of this version has opened it yet).
Result<std::unique_ptr<odb::sqlite::database>> open_to_read(const std::filesystem::path& path);

}  // namespace gantry::store::sqlite
