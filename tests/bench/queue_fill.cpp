// Makes a long queue out of one delivery: queue_fill DATABASE DESTINATION COPIES. DATABASE is of an engine that has
// stopped after it took one message that waits for DESTINATION. Each copy is a message of its own with its body, of a
// key of its own, and waits as the first one does.
#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

sqlite3* database = nullptr;

[[noreturn]] void fail(const std::string& what) {
    std::fprintf(stderr, "queue_fill: %s: %s\n", what.c_str(), sqlite3_errmsg(database));
    std::exit(1);
}

void run(const std::string& sql) {
    if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql.substr(0, 200));
}

std::vector<std::string> columns_of(const std::string& table) {
    std::vector<std::string> out;
    const auto take = [](void* into, int, char** values, char**) {
        static_cast<decltype(out)*>(into)->emplace_back(values[0]);
        return 0;
    };
    const auto sql = "SELECT name FROM pragma_table_info('" + table + "')";
    if (sqlite3_exec(database, sql.c_str(), take, &out, nullptr) != SQLITE_OK) fail(sql);
    return out;
}

// Of copy n: the next millisecond's ids; lanes and control ids in no order.
std::string value(const std::string& column) {
    const auto quoted = "\"" + column + "\"";
    if (column == "id" || column == "message") return quoted + " + (n << 12)";
    if (column == "received" || column == "committed" || column == "created") return quoted + " + n * 1000";
    if (column == "lane" || column == "control_id") return quoted + " || '.' || (n * 2654435761 & 4294967295)";
    if (column == "digest") return "randomblob(16)";
    return quoted;
}

void copy(const std::string& table, const std::string& which, const std::string& copies) {
    std::string names, values;
    for (const auto& column : columns_of(table)) {
        names += (names.empty() ? "\"" : ", \"") + column + "\"";
        values += (values.empty() ? "" : ", ") + value(column);
    }
    run("CREATE TEMP TABLE \"one\" AS SELECT * FROM \"" + table + "\" WHERE " + which);
    run("INSERT INTO \"main\".\"" + table + "\" (" + names + ") WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL " +
        "SELECT n + 1 FROM numbers WHERE n < " + copies + ") SELECT " + values + " FROM numbers, \"one\"");
    if (sqlite3_changes(database) == 0) fail("nothing waits for this destination");
    run("DROP TABLE \"one\"");
    std::fprintf(stderr, "queue_fill: %s\n", table.c_str());
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 4 || sqlite3_open(arguments[1], &database) != SQLITE_OK)
        fail("queue_fill DATABASE DESTINATION COPIES");
    const std::string waiting = std::string("\"destination\" = '") + arguments[2] + "' AND \"state\" = 0";
    const std::string message = "(SELECT \"message\" FROM \"delivery\" WHERE " + waiting + " LIMIT 1)";
    run("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA journal_mode = MEMORY; BEGIN");
    run("CREATE TEMP TABLE \"first\" AS SELECT " + message + " AS \"message\"");
    copy("delivery", waiting + " AND \"message\" = " + message, arguments[3]);
    copy("message", "\"id\" = (SELECT \"message\" FROM \"first\")", arguments[3]);
    copy("message_body", "\"id\" = (SELECT \"message\" FROM \"first\")", arguments[3]);
    run("COMMIT; PRAGMA journal_mode = WAL");
    return sqlite3_close(database) == SQLITE_OK ? 0 : 1;
}
