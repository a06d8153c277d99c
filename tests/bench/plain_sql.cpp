// What the disk and SQLite allow, to measure the engine against: the rows of a database that the engine has written,
// written again by prepared statements in batches, with the same schema, indexes and durability, and nothing else.
//
//   plain_sql batch ENGINE_DB                 prints how many messages the engine had in a transaction, on average
//   plain_sql rows ENGINE_DB NEW_DB BATCH     inserts, BATCH messages per transaction
//   plain_sql append ENGINE_DB NEW_FILE       one append and fdatasync per message, of the same bytes
//   plain_sql overwrite ENGINE_DB NEW_FILE    the same into a file whose blocks are there already, as a WAL's mostly
//   are
//
// The last three print messages per second. Reading the rows is not measured.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/store/schema.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using Value = std::variant<std::int64_t, std::string>;

struct Table {
    const char* name;
    const char* rows;  // its rows, the message that made each in front
};

// last_change is the id of the change row, which is the message's.
constexpr Table tables[] = {
    {"message", R"(SELECT "id", * FROM "message")"},
    {"message_body", R"(SELECT "id", * FROM "message_body")"},
    {"provider", R"(SELECT (SELECT min("id") FROM "message"), * FROM "provider")"},
    {"patient", R"(SELECT "last_change", * FROM "patient")"},
    {"patient_identifier",
     R"(SELECT p."last_change", i.* FROM "patient_identifier" i JOIN "patient" p ON p."id" = i."patient")"},
    {"imaging_study", R"(SELECT "last_change", * FROM "imaging_study")"},
    {"order_key", R"(SELECT s."last_change", k.* FROM "order_key" k JOIN "imaging_study" s ON s."id" = k."study")"},
    {"scheduled_procedure_step",
     R"(SELECT s."last_change", t.* FROM "scheduled_procedure_step" t JOIN "imaging_study" s ON s."id" = t."study")"},
    {"change_log", R"(SELECT "message", * FROM "change_log")"},
    {"delivery", R"(SELECT "message", * FROM "delivery")"},
};

struct Row {
    std::size_t table;
    std::vector<Value> values;
};
using Message = std::vector<Row>;

[[noreturn]] void give_up(const std::string& what) {
    std::fprintf(stderr, "plain_sql: %s\n", what.c_str());
    std::exit(1);
}

struct Closer {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Closer>;
using Statement = std::unique_ptr<sqlite3_stmt, Closer>;

Database open(const std::string& path) {
    sqlite3* out = nullptr;
    if (sqlite3_open(path.c_str(), &out) != SQLITE_OK) give_up("cannot open " + path);
    return Database(out);
}

void execute(const Database& database, const char* sql) {
    if (sqlite3_exec(database.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        give_up(sqlite3_errmsg(database.get()));
}

Statement prepare(const Database& database, const std::string& sql) {
    sqlite3_stmt* out = nullptr;
    if (sqlite3_prepare_v2(database.get(), sql.c_str(), -1, &out, nullptr) != SQLITE_OK)
        give_up(sqlite3_errmsg(database.get()));
    return Statement(out);
}

Value value_of(const Statement& row, int column) {
    if (sqlite3_column_type(row.get(), column) == SQLITE_INTEGER) return sqlite3_column_int64(row.get(), column);
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(row.get(), column));
    return std::string(bytes ? bytes : "", static_cast<std::size_t>(sqlite3_column_bytes(row.get(), column)));
}

std::vector<Message> read_messages(const std::string& path) {
    const auto database = open(path);
    std::map<std::int64_t, Message> messages;
    for (std::size_t table = 0; table < std::size(tables); ++table) {
        const auto rows = prepare(database, tables[table].rows);
        while (sqlite3_step(rows.get()) == SQLITE_ROW) {
            Row row{table, {}};
            for (int column = 1; column < sqlite3_column_count(rows.get()); ++column)
                row.values.push_back(value_of(rows, column));
            messages[sqlite3_column_int64(rows.get(), 0)].push_back(std::move(row));
        }
    }
    std::vector<Message> out;
    for (auto& [id, message] : messages) out.push_back(std::move(message));
    return out;
}

std::string insert_sql(const Database& database, const char* table) {
    const auto columns = prepare(database, std::string("SELECT * FROM \"") + table + "\"");
    std::string marks = "?";
    for (int column = 1; column < sqlite3_column_count(columns.get()); ++column) marks += ", ?";
    return std::string("INSERT INTO \"") + table + "\" VALUES (" + marks + ")";
}

void insert(const Statement& statement, const Row& row) {
    int index = 0;
    for (const auto& value : row.values) {
        ++index;
        if (const auto* number = std::get_if<std::int64_t>(&value))
            sqlite3_bind_int64(statement.get(), index, *number);
        else
            sqlite3_bind_text(statement.get(), index, std::get<std::string>(value).data(),
                              static_cast<int>(std::get<std::string>(value).size()), SQLITE_STATIC);
    }
    if (sqlite3_step(statement.get()) != SQLITE_DONE) give_up("a row was refused");
    sqlite3_reset(statement.get());
}

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

double write_rows(const std::vector<Message>& messages, const std::string& path, std::size_t batch) {
    const auto database = open(path);
    // The engine's own settings (engine/store/sqlite_database.cpp).
    execute(database,
            "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16384;");
    for (const auto script : gantry::store::sqlite_migrations()) execute(database, std::string(script).c_str());
    std::vector<Statement> inserts;
    for (const auto& table : tables) inserts.push_back(prepare(database, insert_sql(database, table.name)));
    const auto begin = Clock::now();
    for (std::size_t at = 0; at < messages.size(); at += batch) {
        execute(database, "BEGIN IMMEDIATE");
        for (std::size_t i = at; i < std::min(messages.size(), at + batch); ++i) {
            for (const auto& row : messages[i]) insert(inserts[row.table], row);
        }
        execute(database, "COMMIT");
    }
    return seconds_since(begin);
}

std::string bytes_of(const Message& message) {
    std::string out;
    for (const auto& row : message) {
        for (const auto& value : row.values) {
            if (const auto* text = std::get_if<std::string>(&value))
                out += *text;
            else
                out.append(8, '\0');
        }
    }
    return out;
}

class File {
  public:
    explicit File(const std::string& path)
        : number_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
        if (number_ < 0) give_up("cannot open " + path);
    }
    ~File() { ::close(number_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    void write(const std::string& bytes) {
        if (::write(number_, bytes.data(), bytes.size()) != std::ssize(bytes)) give_up("cannot write");
    }
    void sync() {
        if (::fdatasync(number_) != 0) give_up("cannot sync");
    }
    void rewind() { ::lseek(number_, 0, SEEK_SET); }

  private:
    int number_;
};

double write_bytes(const std::vector<Message>& messages, const std::string& path, bool overwrite) {
    std::vector<std::string> all;
    for (const auto& message : messages) all.push_back(bytes_of(message));
    File file(path);
    if (overwrite) {
        for (const auto& bytes : all) file.write(bytes);
        file.sync();
        file.rewind();
    }
    const auto begin = Clock::now();
    for (const auto& bytes : all) {
        file.write(bytes);
        file.sync();
    }
    return seconds_since(begin);
}

// All messages of one transaction have the same time of commit.
double average_batch(const std::string& path) {
    const auto database = open(path);
    const auto query = prepare(database, R"(SELECT count(*) * 1.0 / count(DISTINCT "committed") FROM "message")");
    sqlite3_step(query.get());
    return sqlite3_column_double(query.get(), 0);
}

double measured_seconds(const std::string& mode, const std::vector<Message>& messages, const std::string& target,
                        std::size_t batch) {
    for (const auto* end : {"", "-wal", "-shm"}) std::filesystem::remove(target + end);
    if (mode == "rows") return write_rows(messages, target, batch);
    return write_bytes(messages, target, mode == "overwrite");
}

}  // namespace

int main(int count, char** arguments) {
    const std::vector<std::string> words(arguments + 1, arguments + count);
    const std::map<std::string, std::size_t> modes{{"batch", 2}, {"rows", 4}, {"append", 3}, {"overwrite", 3}};
    if (words.empty() || !modes.contains(words[0]) || modes.at(words[0]) != words.size())
        give_up("usage: plain_sql batch ENGINE_DB | rows ENGINE_DB NEW_DB BATCH | append|overwrite ENGINE_DB NEW_FILE");
    if (words[0] == "batch") {
        std::printf("%.0f\n", average_batch(words[1]));
        return 0;
    }
    auto messages = read_messages(words[1]);
    // A growing file takes milliseconds for each sync on some file systems.
    if (words[0] != "rows" && messages.size() > 2000) messages.resize(2000);
    const auto batch = words.size() == 4 ? std::strtoul(words[3].c_str(), nullptr, 10) : 1;
    std::printf("%.0f\n", static_cast<double>(messages.size()) / measured_seconds(words[0], messages, words[2], batch));
}
