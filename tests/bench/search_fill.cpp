// Makes many messages out of one: search_fill DATABASE COPIES. DATABASE is of an engine that has stopped after it took
// one order. Each copy is an order of its own, of a patient of its own, with its message, its change row, its keys and
// its step, under numbers that are in no order; bodies are left out, no search reads them. Prints the accession numbers
// of a hundred of them, a line each.
#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace {

sqlite3* database = nullptr;

[[noreturn]] void fail(const std::string& what) {
    std::fprintf(stderr, "search_fill: %s: %s\n", what.c_str(), sqlite3_errmsg(database));
    std::exit(1);
}

std::vector<std::vector<std::string>> rows(const std::string& sql) {
    std::vector<std::vector<std::string>> out;
    const auto take = [](void* into, int count, char** values, char**) {
        auto& row = static_cast<decltype(out)*>(into)->emplace_back();
        for (int i = 0; i < count; ++i) row.emplace_back(values[i] ? values[i] : "");
        return 0;
    };
    if (sqlite3_exec(database, sql.c_str(), take, &out, nullptr) != SQLITE_OK) fail(sql.substr(0, 200));
    return out;
}

std::string one(const std::string& sql) {
    const auto all = rows(sql);
    if (all.size() != 1 || all.front().front().empty()) fail("one order is needed: " + sql);
    return all.front().front();
}

// Of copy n: the next millisecond's ids; numbers scattered over 32 bits.
const std::string ids_later = "(n << 12)", scattered = "(n * 2654435761 & 4294967295)";

std::string number(const std::string& text) {
    return "'" + text + "-' || " + scattered;
}

// SQL that replaces each text by its copy's.
class Copies {
  public:
    Copies() {
        for (const auto* column : {"accession_number", "placer_number", "filler_number"})
            add_number(one(std::string("SELECT \"") + column + "\" FROM \"imaging_study\""));
        add_number(one(R"(SELECT "value" FROM "patient_identifier")"));
        for (const auto* table : {"imaging_study", "patient", "scheduled_procedure_step"})
            add_id(one(std::string("SELECT \"id\" FROM \"") + table + "\""));
    }
    std::string of(const std::string& column) const {
        std::string out = "\"" + column + "\"";
        for (const auto& [text, copy] : texts_) out = "replace(" + out + ", '" + text + "', " + copy + ")";
        return out;
    }

  private:
    void add_number(const std::string& text) {
        if (!text.empty()) texts_[text] = number(text);
    }
    void add_id(const std::string& text) { texts_[text] = "(" + text + " + " + ids_later + ")"; }
    std::map<std::string, std::string> texts_;
};

std::string expression(const std::string& table, const std::string& column, const Copies& copies) {
    const bool is_id = column == "id" || column == "message" || column == "study" || column == "last_change" ||
                       (column == "patient" && table != "patient");
    if (is_id) return "\"" + column + "\" + " + ids_later;
    if (column == "received" || column == "committed" || column == "at") return "\"" + column + "\" + n * 1000";
    if (column == "digest") return "randomblob(16)";
    if (column == "control_id" || column == "study_instance_uid") return "\"" + column + "\" || '.' || " + scattered;
    if (column == "accession_number" || column == "placer_number" || column == "filler_number" || column == "value" ||
        column == "key" || column == "patches")
        return copies.of(column);
    return "\"" + column + "\"";
}

void copy(const std::string& table, const std::string& count, const Copies& copies) {
    std::string columns, values;
    for (const auto& column : rows("PRAGMA table_info(\"" + table + "\")")) {
        columns += (columns.empty() ? "\"" : ", \"") + column[1] + "\"";
        values += (values.empty() ? "" : ", ") + expression(table, column[1], copies);
    }
    rows("CREATE TEMP TABLE \"first\" AS SELECT * FROM \"" + table + "\"");
    rows("INSERT INTO \"main\".\"" + table + "\" (" + columns +
         ") WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < " + count +
         ") SELECT " + values + " FROM numbers, \"first\"");
    rows("DROP TABLE \"first\"");
    std::fprintf(stderr, "search_fill: %s\n", table.c_str());
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3 || sqlite3_open(arguments[1], &database) != SQLITE_OK) fail("search_fill DATABASE COPIES");
    rows("PRAGMA synchronous = OFF; PRAGMA cache_size = -2000000; PRAGMA journal_mode = MEMORY; BEGIN");
    const Copies copies;
    const std::string copied = arguments[2];
    for (const auto* table : {"message", "change_log", "patient", "patient_identifier", "imaging_study", "order_key",
                              "scheduled_procedure_step"})
        copy(table, copied, copies);
    rows("COMMIT; PRAGMA journal_mode = WAL");
    for (const auto& row :
         rows("WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < 100) "
              "SELECT (SELECT \"accession_number\" FROM \"imaging_study\" WHERE \"id\" = (SELECT "
              "min(\"id\") FROM \"imaging_study\") + ((i * " +
              copied + " / 100) << 12)) FROM numbers"))
        std::printf("%s\n", row.front().c_str());
    return sqlite3_close(database) == SQLITE_OK ? 0 : 1;
}
