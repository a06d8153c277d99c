// SQLite's C interface with owned handles. Failures are exceptions inside engine/store only; they are caught where the
// room's public functions begin.
#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gantry::store::sqlite {

// The message is about the code, in words for the person who looks after the database; it never has a statement's
// values.
class Failure : public std::runtime_error {
  public:
    explicit Failure(int extended_code);
    int code() const { return code_ & 0xff; }
    // The database cannot be written now (full, I/O error, busy, read-only), as opposed to a statement that is wrong.
    bool about_storage() const;

  private:
    int code_;
};

// A prepared statement, used as: start(), bind…, then step() until false. A row that is left unread keeps its read
// transaction open: call start() when only the first row was wanted.
class Statement {
  public:
    Statement(sqlite3* connection, const std::string& sql);

    // Parameters count from 1 and are bound in order; text is not copied and must live until step().
    Statement& start();
    Statement& text(std::string_view value);
    Statement& blob(std::string_view value);
    Statement& integer(std::int64_t value);

    bool step();                                  // true: a row
    void run();                                   // start to end, then ready for the next use
    std::optional<std::int64_t> first_integer();  // column 0 of the first row; ready for the next use

    std::string column_text(int index) const;
    std::string_view column_view(int index) const;  // until the next step
    std::int64_t column_integer(int index) const;

  private:
    void check(int code) const;
    struct Finalizer {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    sqlite3* connection_;
    std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
    int next_ = 0;
};

void execute(sqlite3* connection, const char* sql);

}  // namespace gantry::store::sqlite
