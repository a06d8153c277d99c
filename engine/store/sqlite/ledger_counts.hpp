// Writes a tally within a transaction of the writer. SQLite has one writer, and so one slot.
#pragma once
#include "engine/store/ledger_tally.hpp"
#include "engine/store/sqlite/connection.hpp"

namespace gantry::store::sqlite {

class LedgerCounts {
  public:
    explicit LedgerCounts(sqlite3* connection)
        : add_(connection, R"(INSERT INTO "ledger_count" ("id", "messages") VALUES (?, ?) )"
                           R"(ON CONFLICT ("id") DO UPDATE SET "messages" = "messages" + excluded."messages")") {}
    void write(const LedgerTally& tally) {
        for (const auto& change : tally.changes(0)) add_.start().integer(change.id).integer(change.messages).run();
    }

  private:
    Statement add_;
};

}  // namespace gantry::store::sqlite
