// The one connection that writes to a SQLite database, shared by intake and deliveries. SQLite allows one writer;
// taking turns on a mutex is fairer than busy time-outs, and keeps prepared statements.
#pragma once
#include <mutex>

#include "engine/store/sqlite/connection.hpp"

namespace gantry::store::sqlite {

class Writer {
  public:
    explicit Writer(sqlite3* connection) : connection_(connection) {}
    sqlite3* connection() const { return connection_; }

    // Runs `work` in one transaction; durable when it returns. Failure: rolled back.
    template <class Work>
    void transaction(Work&& work) {
        const std::lock_guard lock(mutex_);
        execute(connection_, "BEGIN IMMEDIATE");
        try {
            work();
            execute(connection_, "COMMIT");
        } catch (...) {
            sqlite3_exec(connection_, "ROLLBACK", nullptr, nullptr, nullptr);
            throw;
        }
    }

    // For writes on another connection of the same process.
    template <class Work>
    void exclusively(Work&& work) {
        const std::lock_guard lock(mutex_);
        work();
    }

  private:
    sqlite3* connection_;
    std::mutex mutex_;
};

}  // namespace gantry::store::sqlite
