// Makes many messages out of one: search_fill DATABASE MESSAGES. DATABASE is of an engine that has stopped after it
// took one order. Of each four messages the first makes an order of its own, of a patient of its own, with its keys and
// its step; the other three change it later, each after messages of all other orders. Numbers and control ids are in no
// order, as those of many senders are, and of the form that `gantry send --scatter` gives; serial numbers above
// MESSAGES are free. Everything lies before the one order in time. Bodies are left out: nothing that is measured reads
// them.
//
// Indexes are dropped first and made again at the end, from their own words in the schema. Progress on standard error;
// prints the accession numbers of a hundred orders, a line each.
#include <sqlite3.h>

#include <algorithm>
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
    if (sqlite3_exec(database, sql.c_str(), take, &out, nullptr) != SQLITE_OK) fail(sql.substr(0, 300));
    return out;
}

std::string one(const std::string& sql) {
    const auto all = rows(sql);
    if (all.size() != 1 || all.front().front().empty()) fail("one order is needed: " + sql);
    return all.front().front();
}

// Progress, on one line.
void tell(const std::string& what, long done, long all) {
    std::fprintf(stderr, "\rsearch_fill: %-32s %3ld %%%s", what.c_str(), all == 0 ? 100 : done * 100 / all,
                 done >= all ? "\n" : "");
}

constexpr long messages_per_order = 4, rows_at_once = 250'000;

// As `gantry send --scatter` does.
std::string scattered(const std::string& n) {
    return "((" + n + ") * 2654435761 & 4294967295)";
}

struct Numbers {
    long messages, orders;
    // Of the copy: an id of its own millisecond, before those of the original.
    std::string id_shift(const std::string& k) const {
        return "((" + k + " - " + std::to_string(messages + 1) + ") << 12)";
    }
};

// SQL that replaces each number of the original, and each id of its records, by the copy's. n: of the order.
class Copies {
  public:
    explicit Copies(const Numbers& numbers) {
        for (const auto* column : {"accession_number", "placer_number", "filler_number"})
            add_number(one(std::string("SELECT \"") + column + "\" FROM \"imaging_study\""));
        add_number(one(R"(SELECT "value" FROM "patient_identifier")"));
        for (const auto* table : {"imaging_study", "patient", "scheduled_procedure_step"}) {
            const auto id = one(std::string("SELECT \"id\" FROM \"") + table + "\"");
            texts_[id] = "(" + id + " + " + numbers.id_shift("n") + ")";
        }
    }
    std::string of(const std::string& column) const {
        std::string out = "\"" + column + "\"";
        for (const auto& [text, copy] : texts_) out = "replace(" + out + ", '" + text + "', " + copy + ")";
        return out;
    }

  private:
    void add_number(const std::string& text) {
        const auto letters = text.substr(0, text.find_first_of("0123456789"));
        texts_[text] = "'" + letters + "' || " + scattered("n");
    }
    std::map<std::string, std::string> texts_;
};

using Expressions = std::map<std::string, std::string>;  // by column; the others are the original's

// INSERT of the copies from `first` to `last` into a table whose only row is in the temporary table "first".
void insert(const std::string& table, const Expressions& expressions, const std::string& order, long first, long last) {
    std::string columns, values;
    for (const auto& column : rows("PRAGMA main.table_info(\"" + table + "\")")) {
        const auto found = expressions.find(column[1]);
        columns += (columns.empty() ? "\"" : ", \"") + column[1] + "\"";
        values += (values.empty() ? "" : ", ") + (found == expressions.end() ? "\"" + column[1] + "\"" : found->second);
    }
    rows("INSERT INTO \"main\".\"" + table + "\" (" + columns + ") WITH RECURSIVE numbers(n) AS (SELECT " +
         std::to_string(first) + " UNION ALL SELECT n + 1 FROM numbers WHERE n < " + std::to_string(last) +
         ") SELECT " + values + " FROM numbers, \"first\"" + order);
}

void copy(const std::string& table, const Expressions& expressions, long first, long last) {
    // The original is the last: copies lie before it.
    rows("CREATE TEMP TABLE \"first\" AS SELECT * FROM \"" + table + "\" ORDER BY \"id\" DESC LIMIT 1");
    for (long at = first; at <= last; at += rows_at_once) {
        insert(table, expressions, {}, at, std::min(at + rows_at_once - 1, last));
        tell(table, std::min(at + rows_at_once, last) - first, last - first);
    }
    rows("DROP TABLE \"first\"");
}

// Of a table that is kept in the order of its keys: in that order, because in any other each row would be on a page of
// its own.
void copy_sorted(const std::string& table, const Expressions& expressions, long last) {
    for (const auto& key : rows("SELECT \"key\" FROM \"" + table + "\"")) {
        rows("CREATE TEMP TABLE \"first\" AS SELECT * FROM \"" + table + "\" WHERE \"key\" = '" + key.front() + "'");
        tell(table, 0, 1);
        insert(table, expressions, " ORDER BY 1", 1, last);
        tell(table, 1, 1);
        rows("DROP TABLE \"first\"");
    }
}

Expressions with(Expressions base, const Expressions& more) {
    for (const auto& [column, expression] : more) base[column] = expression;
    return base;
}

void fill(const Numbers& numbers) {
    const Copies copies(numbers);
    const auto own = [&](const char* column) { return "\"" + std::string(column) + "\" + " + numbers.id_shift("n"); };
    const auto last_change =
        "\"last_change\" + " + numbers.id_shift("n + " + std::to_string((messages_per_order - 1) * numbers.orders));
    const Expressions times{{"received", "\"received\" - 10000000000 + n * 1000"},
                            {"committed", "\"committed\" - 10000000000 + n * 1000"},
                            {"at", "\"at\" - 10000000000 + n * 1000"}};
    const Expressions record{{"id", own("id")}, {"patient", own("patient")}, {"study", own("study")}};
    const Expressions key{{"accession_number", copies.of("accession_number")},
                          {"placer_number", copies.of("placer_number")},
                          {"filler_number", copies.of("filler_number")},
                          {"study_instance_uid", "\"study_instance_uid\" || '.' || " + scattered("n")},
                          {"value", copies.of("value")},
                          {"key", copies.of("key")}};
    const auto study = one(R"(SELECT "id" FROM "imaging_study")"), message = one(R"(SELECT "id" FROM "message")");
    const auto order = "((n - 1) % " + std::to_string(numbers.orders) + " + 1)";
    const auto update = R"('[{"r":"order","id":"' || ()" + study + " + " + numbers.id_shift(order) +
                        R"() || '","prev":"' || ()" + message + " + " +
                        numbers.id_shift("n - " + std::to_string(numbers.orders)) +
                        R"() || '","f":{"comments":["BENCH: PATIENT WALKS","NTE-3"],"reason":["PAIN","OBR-31"]}}]')";
    copy("change_log", with(times, {{"id", own("id")}, {"message", own("message")}, {"patches", copies.of("patches")}}),
         1, numbers.orders);
    copy("change_log", with(times, {{"id", own("id")}, {"message", own("message")}, {"patches", update}}),
         numbers.orders + 1, numbers.messages);
    copy("message",
         with(times, {{"id", own("id")}, {"digest", "randomblob(16)"}, {"control_id", scattered("n") + " || 'B1'"}}), 1,
         numbers.messages);
    copy("patient", {{"id", own("id")}, {"last_change", own("last_change")}}, 1, numbers.orders);
    copy("imaging_study", with(with(record, key), {{"last_change", last_change}}), 1, numbers.orders);
    copy("scheduled_procedure_step", with(record, {{"placer_number", copies.of("placer_number")}}), 1, numbers.orders);
    copy_sorted("order_key", with(record, key), numbers.orders);
    copy_sorted("patient_identifier", with(record, key), numbers.orders);
    const auto count = std::to_string(numbers.messages);
    rows(R"(UPDATE "ledger_count" SET "messages" = "messages" + )" + count +
         R"( WHERE "id" IN (100, (SELECT "outcome" FROM "message" LIMIT 1)))");
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3 || sqlite3_open(arguments[1], &database) != SQLITE_OK) fail("search_fill DATABASE MESSAGES");
    const auto orders = std::atol(arguments[2]) / messages_per_order;
    const Numbers numbers{orders * messages_per_order, orders};
    rows("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA journal_mode = OFF; PRAGMA threads = 2");
    const auto indexes = rows(
        R"(SELECT "name", "sql" FROM "sqlite_master" WHERE "type" = 'index' AND "sql" IS NOT NULL AND "tbl_name" IN )"
        R"(('message', 'change_log', 'patient', 'patient_identifier', 'imaging_study', 'scheduled_procedure_step'))");
    for (const auto& index : indexes) rows("DROP INDEX \"" + index[0] + "\"");
    fill(numbers);
    long made = 0;
    for (const auto& index : indexes) {
        rows(index[1]);
        tell("indexes", ++made, static_cast<long>(indexes.size()));
    }
    rows("PRAGMA journal_mode = WAL");
    for (const auto& row : rows(
             "WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < 100) SELECT "
             R"((SELECT rtrim("accession_number", '0123456789') FROM "imaging_study" ORDER BY "id" DESC LIMIT 1) || )" +
             scattered("i * " + std::to_string(orders) + " / 100") + " FROM numbers"))
        std::printf("%s\n", row.front().c_str());
    return sqlite3_close(database) == SQLITE_OK ? 0 : 1;
}
