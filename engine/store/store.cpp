#include "engine/store/store.hpp"

#include <optional>

#include "engine/store/open_store.hpp"
#include "engine/store/pgsql/database.hpp"

namespace gantry::store {
namespace {

constexpr std::string_view memory = ":memory:";

// The file of a SQLite URL, or nothing.
std::optional<std::string> sqlite_name(const std::string& url) {
    constexpr std::string_view sqlite = "sqlite:";
    if (!url.starts_with(sqlite)) return std::nullopt;
    return url.substr(sqlite.size());
}

// Not quoted: what is nearly a PostgreSQL URL may hold a password.
Error unknown_kind() {
    return {ErrorCode::config_out_of_range, "store: neither sqlite:FILE nor a PostgreSQL URL", "/store"};
}

}  // namespace

Result<std::unique_ptr<Store>> open(const StoreOptions& options, const std::filesystem::path& data, const Clock& clock,
                                    events::Sink& events) {
    if (pgsql::is_target(options.url)) return open_pgsql(options, clock, events);
    const auto name = sqlite_name(options.url);
    if (!name) return unknown_kind();
    return open_sqlite(options, *name == memory ? std::filesystem::path() : data / *name, clock, events);
}

Result<std::unique_ptr<RevisionReader>> open_revisions(const StoreOptions& options, const std::filesystem::path& data) {
    if (pgsql::is_target(options.url)) return open_pgsql_revisions(options.url);
    const auto name = sqlite_name(options.url);
    if (!name || *name == memory) return unknown_kind();
    return open_sqlite_revisions(data / *name);
}

}  // namespace gantry::store
