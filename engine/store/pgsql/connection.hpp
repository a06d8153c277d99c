// libpq with owned handles. Failures are exceptions inside engine/store only; they are caught where the room's public
// functions begin. PostgreSQL's own error texts carry key values, patient data: a Failure never does.
#pragma once
#include <libpq-fe.h>

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include "engine/store/pgsql/binary.hpp"

namespace gantry::store::pgsql {

// What a failed statement makes the caller do.
enum class Trouble : std::uint8_t {
    connection,  // lost: nothing of the transaction was kept, unless it was the COMMIT that failed
    storage,     // the server cannot write now: full, shutting down, too busy
    conflict,    // another transaction was in the way: again, from fresh reads
    locks,       // more locks than the server has room for: again, with less
    constraint,  // what is written breaks a rule of the database
    statement    // the schema is not what this program expects
};

class Failure : public std::runtime_error {
  public:
    explicit Failure(Trouble trouble, std::string_view sqlstate = {});
    Trouble trouble() const { return trouble_; }
    // Somebody else wrote the same unique key first, or it was there before.
    bool duplicate_key() const { return duplicate_key_; }

  private:
    Trouble trouble_;
    bool duplicate_key_;
};

// What a statement answered, in binary format.
class Answer {
  public:
    explicit Answer(PGresult* result) : result_(result) {}
    int rows() const { return PQntuples(result_.get()); }
    std::int64_t affected() const;
    std::string_view view(int row, int column) const;  // while the answer lives
    std::string text(int row, int column) const { return std::string(view(row, column)); }
    std::int64_t integer(int row, int column) const;  // any width; boolean: 0 or 1
    PGresult* get() const { return result_.get(); }

  private:
    struct Clear {
        void operator()(PGresult* result) const { PQclear(result); }
    };
    std::unique_ptr<PGresult, Clear> result_;
};

// A statement prepared once per session, at its first use.
struct Statement {
    const char* name;
    std::string sql;
};

struct Finish {
    void operator()(PGconn* handle) const { PQfinish(handle); }
};
using Handle = std::unique_ptr<PGconn, Finish>;
// Connects, and sets the session up. target: what libpq takes, a URL or key=value. Failure: connection; `why` then has
// libpq's words about the server and the login; nothing of the data was read by then.
Handle open_handle(const std::string& target, std::string* why = nullptr);
// Whether an idle session is still there, as far as this side was told.
bool alive(PGconn* handle);

// One session, used by one thread at a time.
class Connection {
  public:
    // settings: SQL that every session of this connection begins with.
    explicit Connection(std::string target, std::string settings = {});

    // Makes sure that there is a session. After a failure, further tries wait longer and longer, and until then fail at
    // once. Failure: connection.
    void ensure();
    // The next ensure() tries at once.
    void hurry() { not_before_ = {}; }
    // Ends what a failed transaction left; drops the session when it is lost.
    void abandon() noexcept;

    void execute(const char* sql);
    Answer run(const Statement& statement, const Parameters& parameters = {});
    // Sends a statement without waiting. Nothing but later() and flush() until the next flush().
    using Take = std::function<void(const Answer&)>;
    void later(const Statement& statement, const Parameters& parameters = {}, Take take = {});
    // Waits for all that was sent, in one round trip, and hands over the answers in order. Failure: of the first
    // statement that failed; none after it was run.
    void flush();
    void copy(const CopyRows& rows);
    // COMMIT: true when the server said so. False: the connection was lost before the answer, and only a look into the
    // database can tell.
    bool commit();

    // Runs `work` in one transaction; committed when it returns. An answer lost counts as failure.
    template <class Work>
    void transaction(Work&& work) {
        ensure();
        try {
            execute("BEGIN");
            work();
            if (!commit()) throw Failure(Trouble::connection);
        } catch (...) {
            abandon();
            throw;
        }
    }

  private:
    using Moment = std::chrono::steady_clock::time_point;
    Answer checked(PGresult* result);
    struct Expected {
        std::string_view prepared;  // the name of the statement that this prepares; empty: it runs one
        Take take;
    };

    std::string target_, settings_;
    Handle handle_;
    std::set<std::string_view> prepared_;
    std::vector<Expected> expected_;  // of later(), not flushed
    std::chrono::milliseconds backoff_{0};
    Moment not_before_{};
};

}  // namespace gantry::store::pgsql
