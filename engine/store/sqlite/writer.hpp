// The one connection that writes to a SQLite database, shared by intake and deliveries. SQLite allows one writer;
// taking turns on a mutex is fairer than busy time-outs, and keeps prepared statements.
//
// What is not urgent may ride along: while intake commits one batch after the other, the next batch's transaction also
// does what other threads asked for, and its sync is theirs too. On a disk where a sync takes a millisecond that is
// the difference between one and two of them for each order that is delivered.
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

#include "engine/base/result.hpp"
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
        commit(work);
    }

    // The same, for a thread that will soon call it again: takes along what waits in ride_along().
    template <class Work>
    void leading_transaction(Work&& work) {
        const std::lock_guard lock(mutex_);
        const Ride ride(*this);
        commit([&] {
            work();
            ride.run();
        });
        ride.arrived();
    }

    // Runs `work` within somebody's leading transaction if one comes soon, else in one of its own; durable when it
    // returns. work: run again after a failure, on another thread maybe, but never twice in what is committed.
    // Failure: nothing was done.
    void ride_along(const std::function<void()>& work);

    // Runs one statement in a transaction of its own, to see whether that works; answers within about a second,
    // whatever others do to the database. Errors: storage_unavailable.
    Result<void> probe(const char* sql);

    // For writes on another connection of the same process.
    template <class Work>
    void exclusively(Work&& work) {
        const std::lock_guard lock(mutex_);
        work();
    }

  private:
    struct Passenger {
        const std::function<void()>* work;
        enum class State : std::uint8_t { waiting, on_board, arrived, left_behind } state = State::waiting;
    };
    // Those who waited when a leading transaction began; left behind unless it arrives.
    class Ride {
      public:
        explicit Ride(Writer& writer);
        ~Ride() { leave(Passenger::State::left_behind); }  // unless it has arrived
        Ride(const Ride&) = delete;
        Ride& operator=(const Ride&) = delete;
        void run() const;
        void arrived() const { leave(Passenger::State::arrived); }

      private:
        void leave(Passenger::State state) const;
        Writer& writer_;
        mutable std::vector<Passenger*> passengers_;
        mutable bool ended_ = false;
    };

    template <class Work>
    void commit(Work&& work) {
        execute(connection_, "BEGIN IMMEDIATE");
        try {
            work();
            execute(connection_, "COMMIT");
        } catch (...) {
            sqlite3_exec(connection_, "ROLLBACK", nullptr, nullptr, nullptr);
            throw;
        }
    }
    bool leader_expected() const;
    std::unique_lock<std::mutex> lock_soon();

    sqlite3* connection_;
    std::mutex mutex_;
    // Lock order: mutex_, then stop_mutex_, which is never held during work.
    std::mutex stop_mutex_;
    std::condition_variable left_;
    std::vector<Passenger*> at_the_stop_;
    bool under_way_ = false;                           // a leading transaction is
    std::chrono::steady_clock::time_point last_ride_;  // when one last began or ended
};

}  // namespace gantry::store::sqlite
