#include "engine/store/store.hpp"

#include "engine/store/open_store.hpp"
#include "engine/store/pgsql/database.hpp"

namespace gantry::store {

Result<std::unique_ptr<Store>> open(const StoreOptions& options, const std::filesystem::path& data, const Clock& clock,
                                    events::Sink& events) {
    constexpr std::string_view sqlite = "sqlite:";
    if (pgsql::is_target(options.url)) return open_pgsql(options, clock, events);
    // Not quoted: what is nearly a PostgreSQL URL may hold a password.
    if (!options.url.starts_with(sqlite))
        return Error{ErrorCode::config_out_of_range, "store: neither sqlite:FILE nor a PostgreSQL URL", "/store"};
    const auto name = options.url.substr(sqlite.size());
    return open_sqlite(options, name == ":memory:" ? std::filesystem::path() : data / name, clock, events);
}

}  // namespace gantry::store
