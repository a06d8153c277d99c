// Where the engine of a run keeps its data: a file, or a PostgreSQL server of the run's own.
#pragma once
#include <memory>
#include <string>

#include "tests/engine/store/postgres_server.hpp"

namespace gantry::durability {

struct Database {
    std::unique_ptr<store::testing::PostgresServer> server;  // null: SQLite
    std::string store = "sqlite:gantry.db";                  // as the engine's setting
};

// kind: "sqlite" or "postgresql". Throws std::runtime_error.
inline Database database_of(const std::string& kind) {
    Database out;
    if (kind != "postgresql") return out;
    out.server = std::make_unique<store::testing::PostgresServer>(store::testing::PostgresServer::Fsync::on);
    out.store = out.server->url("postgres");
    return out;
}

}  // namespace gantry::durability
