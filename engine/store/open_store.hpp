// One opening per kind of database; open() in store.hpp chooses.
#pragma once
#include "engine/store/store.hpp"

namespace gantry::store {

// path: empty for a database in memory.
Result<std::unique_ptr<Store>> open_sqlite(const StoreOptions& options, const std::filesystem::path& path,
                                           const Clock& clock, events::Sink& events);
Result<std::unique_ptr<Store>> open_pgsql(const StoreOptions& options, const Clock& clock, events::Sink& events);
Result<std::unique_ptr<RevisionReader>> open_sqlite_revisions(const std::filesystem::path& path);
Result<std::unique_ptr<RevisionReader>> open_pgsql_revisions(const std::string& target);

}  // namespace gantry::store
