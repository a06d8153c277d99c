// What SQLite allows, to measure a bulk export against: the rows of the records that it reads, in the order of their
// numbers, every column of each taken. read_rows DATABASE prints rows and seconds.
#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <string>

namespace {

// Rows; -1: it cannot be read.
std::int64_t read_all(sqlite3* database, const char* sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) != SQLITE_OK) return -1;
    std::int64_t rows = 0;
    std::string taken;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(statement); ++i) {
            const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
            taken.assign(text ? text : "");
        }
        ++rows;
    }
    sqlite3_finalize(statement);
    return rows;
}

}  // namespace

int main(int argc, char** argv) {
    sqlite3* database = nullptr;
    if (argc != 2 || sqlite3_open_v2(argv[1], &database, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK) return 1;
    const auto begin = std::chrono::steady_clock::now();
    std::int64_t rows = 0;
    for (const auto* sql :
         {R"(SELECT * FROM "patient" ORDER BY "id")", R"(SELECT * FROM "patient_identifier" ORDER BY "patient")",
          R"(SELECT * FROM "provider" ORDER BY "id")", R"(SELECT * FROM "imaging_study" ORDER BY "id")",
          R"(SELECT * FROM "scheduled_procedure_step" ORDER BY "study", "id")",
          R"(SELECT * FROM "radiology_report" ORDER BY "id")", R"(SELECT * FROM "report_order" ORDER BY "report")",
          R"(SELECT * FROM "report_version" ORDER BY "report", "id")"}) {
        const auto read = read_all(database, sql);
        if (read < 0) return 1;
        rows += read;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::printf("%lld %.3f\n", static_cast<long long>(rows), took.count());
    sqlite3_close(database);
}
