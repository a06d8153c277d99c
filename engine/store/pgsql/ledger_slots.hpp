// Who adds to the ledger's sums on PostgreSQL, each with rows of its own (engine/store/ledger_tally.hpp). 0 is what was
// there when the sums began.
#pragma once
#include <cstdint>

namespace gantry::store::pgsql {

enum class LedgerWriter : std::int64_t { first_committer = 0, deliveries = 8, decisions = 9, retention = 10 };

constexpr std::int64_t slot_of(int node, LedgerWriter writer, int number = 0) {
    constexpr std::int64_t writers = 16;
    return 1 + node * writers + static_cast<std::int64_t>(writer) + number;
}

}  // namespace gantry::store::pgsql
