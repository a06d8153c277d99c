// What a statement of the engine's is about, and which places a transaction passes with it.
#pragma once
#include <string_view>
#include <vector>

#include "tests/durability/kill_points.hpp"

namespace gantry::durability {

enum class SqlKind : std::uint8_t {
    other,
    begin,
    commit,
    rollback,
    message,   // its row
    record,    // patients, orders and what belongs to them
    delivery,  // a row of a queue
    noting,    // that attempts begin
    ending,    // that attempts have ended
    heads,     // of a queue, to choose from
    contents   // of deliveries, to be sent
};
// As the engine writes it for SQLite or PostgreSQL.
SqlKind sql_kind(std::string_view sql);

// One thread's, from BEGIN to COMMIT.
class WatchedTransaction {
  public:
    // Places in the order in which they are passed, before and after a statement was done.
    std::vector<KillPoint> before(SqlKind kind) const;
    std::vector<KillPoint> after(SqlKind kind);

  private:
    bool messages_ = false, noting_ = false, ending_ = false;
};

}  // namespace gantry::durability
