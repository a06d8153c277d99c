#include <atomic>

#include "engine/store/schema.hpp"
#include "engine/store/sqlite/connection.hpp"
#include "engine/store/sqlite/database.hpp"
#include "engine/store/sqlite/joined_writes.hpp"

namespace gantry::store::sqlite {
namespace {

// auto_vacuum must be set before the first table, and cannot be added later. Both are kept in the file and set once, by
// the writer: to set them takes a write lock, which a reader must not wait for.
constexpr auto file_settings = "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;";

// FULL: a commit is on disk when it returns. The WAL is folded back every 16 MB, the writer's as its Checkpointer says:
// so it stays far below what would slow an opening.
constexpr auto connection_settings =
    "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA temp_store = "
    "MEMORY;";
constexpr auto writer_cache = "PRAGMA cache_size = -32768;";
// A commit empties the caches of all readers; what they need again is in the system's.
constexpr auto reader_cache = "PRAGMA cache_size = -2048;";

// Modalities and EHRs that ask at the same moment find a connection open: to open one costs as much as a hundred reads,
// because the schema is read anew.
constexpr std::size_t kept_open = 64;

class Connections final : public odb::sqlite::connection_pool_factory {
  public:
    Connections() : connection_pool_factory(0, kept_open) {}

  private:
    pooled_connection_ptr create() override {
        auto connection = connection_pool_factory::create();
        execute(connection->handle(), connection_settings);
        execute(connection->handle(), reader_cache);
        return connection;
    }
};

std::string name_of(const std::filesystem::path& path) {
    static std::atomic<int> memories{0};
    if (!path.empty()) return path.string();
    return "file:gantry-" + std::to_string(++memories) + "?mode=memory&cache=shared";
}

// ODB would share one cache among all connections, where a reader makes a writer fail with SQLITE_LOCKED. Only a
// database in memory needs that, to be one database at all.
int open_flags(const std::filesystem::path& path) {
    const int cache = path.empty() ? SQLITE_OPEN_SHAREDCACHE : SQLITE_OPEN_PRIVATECACHE;
    return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI | cache;
}

int version_of(sqlite3* connection) {
    Statement statement(connection, "PRAGMA user_version");
    return static_cast<int>(statement.start().first_integer().value_or(0));
}

Error newer(int have) {
    return {ErrorCode::storage_schema_newer,
            "schema " + std::to_string(have) + ", this program knows " + std::to_string(sqlite_migrations().size()),
            {}};
}

}  // namespace

Result<std::unique_ptr<odb::sqlite::database>> open_to_read(const std::filesystem::path& path) {
    std::error_code failed;
    if (!std::filesystem::is_regular_file(path, failed))
        return Error{ErrorCode::storage_unavailable, "there is no database file", path.string()};
    auto database =
        std::make_unique<odb::sqlite::database>(path.string(), SQLITE_OPEN_READONLY | SQLITE_OPEN_PRIVATECACHE, false,
                                                "", std::make_unique<odb::sqlite::connection_pool_factory>(0, 1));
    const auto connection = database->connection();
    execute(connection->handle(), "PRAGMA busy_timeout = 5000");
    const auto have = version_of(connection->handle());
    const auto known = static_cast<int>(sqlite_migrations().size());
    if (have > known) return newer(have);
    if (have < known)
        return Error{ErrorCode::storage_schema_broken, "an older program made it; start the engine once",
                     path.string()};
    return database;
}

Database::Database(const std::filesystem::path& path)
    : database_(std::make_unique<odb::sqlite::database>(name_of(path), open_flags(path), false,
                                                        path.empty() ? "" : joined_writes(),
                                                        std::make_unique<Connections>())),
      writer_(database_->connection()) {
    execute(writer(), file_settings);
    execute(writer(), writer_cache);
    if (path.empty()) return;
    folding_ = database_->connection();
    checkpointer_ = std::make_unique<Checkpointer>(writer(), folding_->handle());
}

Result<void> Database::migrate() {
    const auto scripts = sqlite_migrations();
    const auto have = version_of(writer());
    if (have > static_cast<int>(scripts.size())) return newer(have);
    for (auto next = static_cast<std::size_t>(have); next < scripts.size(); ++next) {
        execute(writer(), "BEGIN IMMEDIATE");
        execute(writer(), std::string(scripts[next]).c_str());
        execute(writer(), ("PRAGMA user_version = " + std::to_string(next + 1)).c_str());
        execute(writer(), "COMMIT");
    }
    return {};
}

}  // namespace gantry::store::sqlite
