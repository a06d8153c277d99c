#include "engine/store/pgsql/database.hpp"

#include <libpq-fe.h>

#include "engine/store/pgsql/connection.hpp"
#include "engine/store/schema.hpp"

namespace gantry::store::pgsql {
namespace {

constexpr std::size_t most_readers = 8;

// Two numbers: a space of locks apart from those of intake.
constexpr auto schema_lock = "SELECT pg_advisory_xact_lock(1735290739, 1)";

class Sessions final : public odb::pgsql::connection_pool_factory {
  public:
    explicit Sessions(std::string target) : connection_pool_factory(most_readers), target_(std::move(target)) {}

    odb::pgsql::connection_ptr connect() override {
        for (;;) {
            auto session = connection_pool_factory::connect();
            if (alive(session->handle())) return session;
            session->mark_failed();  // the pool forgets it when it is given back
        }
    }

  private:
    pooled_connection_ptr create() override {
        auto handle = open_handle(target_);
        return pooled_connection_ptr(new (odb::details::shared) pooled_connection(*db_, handle.release()));
    }
    std::string target_;
};

std::int64_t version_of(Connection& connection) {
    static const Statement exists{"schema_exists", "SELECT to_regclass('gantry_schema') IS NOT NULL"};
    static const Statement version{"schema_version",
                                   "SELECT coalesce(max(\"version\"), 0)::bigint FROM \"gantry_schema\""};
    if (connection.run(exists).integer(0, 0) == 0) return 0;
    return connection.run(version).integer(0, 0);
}

void require_utf8(Connection& connection) {
    static const Statement encoding{"encoding", "SELECT current_setting('server_encoding') = 'UTF8'"};
    if (connection.run(encoding).integer(0, 0) == 0) throw Failure(Trouble::statement);
}

void run_missing(Connection& connection, std::size_t have) {
    const auto scripts = pgsql_migrations();
    if (have >= scripts.size()) return;
    if (have == 0) connection.execute("CREATE TABLE \"gantry_schema\" (\"version\" INTEGER NOT NULL PRIMARY KEY)");
    for (auto next = have; next < scripts.size(); ++next) {
        connection.execute(std::string(scripts[next]).c_str());
        connection.execute(("INSERT INTO \"gantry_schema\" VALUES (" + std::to_string(next + 1) + ")").c_str());
    }
}

std::int64_t known_version() {
    return static_cast<std::int64_t>(pgsql_migrations().size());
}

Error newer(std::int64_t have) {
    return {ErrorCode::storage_schema_newer,
            "schema " + std::to_string(have) + ", this program knows " + std::to_string(known_version()),
            {}};
}

}  // namespace

Result<void> schema_is_ours(const std::string& target) {
    try {
        Connection connection(target, "SET default_transaction_read_only = on");
        std::int64_t have = 0;
        connection.transaction([&] { have = version_of(connection); });
        if (have > known_version()) return newer(have);
        if (have == known_version()) return {};
        return Error{ErrorCode::storage_schema_broken, "an older program made it; start the engine once", {}};
    } catch (const Failure& failure) {
        return Error{ErrorCode::storage_unavailable, failure.what(), {}};
    }
}

bool is_target(const std::string& url) {
    const bool is_url = url.starts_with("postgresql://") || url.starts_with("postgres://");
    if (!is_url && url.find('=') == std::string::npos) return false;
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> parsed(PQconninfoParse(url.c_str(), nullptr),
                                                                                PQconninfoFree);
    return parsed != nullptr;
}

Result<void> migrate(const std::string& target) {
    std::string why;
    try {
        (void)open_handle(target, &why);
    } catch (const Failure& failure) {
        return Error{ErrorCode::storage_unavailable, why.empty() ? failure.what() : why, {}};
    }
    try {
        // A migration may take its time, and so may another node's.
        Connection connection(target, "SET statement_timeout = 0; SET lock_timeout = 0");
        std::int64_t have = 0;
        connection.transaction([&] {
            require_utf8(connection);
            connection.execute(schema_lock);
            have = version_of(connection);
            run_missing(connection, static_cast<std::size_t>(have));
        });
        if (have > known_version()) return newer(have);
        return {};
    } catch (const Failure& failure) {
        const bool broken = failure.trouble() == Trouble::statement || failure.trouble() == Trouble::constraint;
        return Error{broken ? ErrorCode::storage_schema_broken : ErrorCode::storage_unavailable, failure.what(), {}};
    }
}

std::unique_ptr<odb::pgsql::database> open_pool(const std::string& target) {
    std::unique_ptr<odb::pgsql::connection_factory> sessions = std::make_unique<Sessions>(target);
    return std::make_unique<odb::pgsql::database>(target, std::move(sessions));
}

}  // namespace gantry::store::pgsql
