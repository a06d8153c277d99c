#include "engine/store/sqlite/connection.hpp"

namespace gantry::store::sqlite {

namespace {

// Why the database cannot be used now; null: it is not that, the statement is wrong.
const char* trouble_with_storage(int code) {
    switch (code) {
        case SQLITE_FULL:
            return "the disk that holds it is full";
        case SQLITE_IOERR:
            return "the disk that holds it reports errors";
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
            return "another program has it locked";
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return "its file or file system is read-only";
        case SQLITE_CANTOPEN:
            return "its file cannot be opened";
        case SQLITE_NOMEM:
            return "there is no memory left";
        case SQLITE_CORRUPT:
            return "its file is damaged, restore a backup";
        case SQLITE_NOTADB:
            return "its file is not a database";
        default:
            return nullptr;
    }
}

const char* words(int code) {
    const char* trouble = trouble_with_storage(code & 0xff);
    return trouble ? trouble : sqlite3_errstr(code);
}

}  // namespace

Failure::Failure(int extended_code) : std::runtime_error(words(extended_code)), code_(extended_code) {}

bool Failure::about_storage() const {
    return trouble_with_storage(code()) != nullptr;
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
        throw Failure(extended);
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
    if (code != SQLITE_OK) throw Failure(sqlite3_extended_errcode(connection));
}

}  // namespace gantry::store::sqlite
