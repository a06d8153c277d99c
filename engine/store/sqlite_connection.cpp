#include "engine/store/sqlite/connection.hpp"

namespace gantry::store::sqlite {

bool Failure::about_storage() const {
    switch (code()) {
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_NOMEM:
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return true;
        default:
            return false;
    }
}

Statement::Statement(sqlite3* connection, const std::string& sql) : connection_(connection) {
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite3_prepare_v3(connection, sql.c_str(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
    statement_.reset(prepared);
    check(code);
}

void Statement::check(int code) const {
    if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE) {
        const int extended = sqlite3_extended_errcode(connection_);
        sqlite3_reset(statement_.get());
        throw Failure(extended, sqlite3_errstr(code));
    }
}

Statement& Statement::start() {
    sqlite3_reset(statement_.get());
    next_ = 0;
    return *this;
}

Statement& Statement::text(std::string_view value) {
    // A null pointer would bind NULL, and every text column is NOT NULL.
    check(sqlite3_bind_text(statement_.get(), ++next_, value.data() ? value.data() : "", static_cast<int>(value.size()),
                            SQLITE_STATIC));
    return *this;
}

Statement& Statement::blob(std::string_view value) {
    check(
        sqlite3_bind_blob64(statement_.get(), ++next_, value.data() ? value.data() : "", value.size(), SQLITE_STATIC));
    return *this;
}

Statement& Statement::integer(std::int64_t value) {
    check(sqlite3_bind_int64(statement_.get(), ++next_, value));
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(statement_.get());
    check(code);
    if (code == SQLITE_DONE) sqlite3_reset(statement_.get());
    return code == SQLITE_ROW;
}

void Statement::run() {
    while (step()) {
    }
}

std::optional<std::int64_t> Statement::first_integer() {
    if (!step()) return std::nullopt;
    const auto value = column_integer(0);
    start();
    return value;
}

std::string_view Statement::column_view(int index) const {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), index));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), index));
    return data ? std::string_view(data, size) : std::string_view();
}

std::string Statement::column_text(int index) const {
    return std::string(column_view(index));
}

std::int64_t Statement::column_integer(int index) const {
    return sqlite3_column_int64(statement_.get(), index);
}

void execute(sqlite3* connection, const char* sql) {
    const int code = sqlite3_exec(connection, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw Failure(sqlite3_extended_errcode(connection), sqlite3_errstr(code));
}

}  // namespace gantry::store::sqlite
