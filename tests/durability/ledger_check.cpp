#include "tests/durability/ledger_check.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>

namespace gantry::durability {
namespace {

struct Rule {
    const char* name;
    const char* violations;  // SQL: how many
};

// `journal` holds what was acknowledged; states and outcomes are numbered as in engine/effects/effects.hpp.
constexpr Rule rules[] = {
    {"every acknowledged message is in the ledger once as an original",
     R"(SELECT count(*) FROM journal j WHERE
        (SELECT count(*) FROM message m WHERE m.control_id = j.control_id AND m.duplicate_of = 0) <> 1)"},
    {"the ledger holds the bytes that were sent and the answer that was given",
     R"(SELECT count(*) FROM journal j JOIN message m ON m.control_id = j.control_id
        LEFT JOIN message_body b ON b.id = m.id WHERE b.content IS NOT j.content OR m.reply <> j.reply)"},
    {"nothing is in the ledger that was not sent",
     R"(SELECT count(*) FROM message WHERE control_id NOT IN (SELECT control_id FROM journal))"},
    {"received = the sum of the outcomes",
     R"(SELECT (SELECT count(*) FROM message) <> (SELECT coalesce(sum(n), 0) FROM
        (SELECT count(*) n FROM message WHERE outcome IN (0, 1, 2, 3, 4, 5, 6, 7) GROUP BY outcome)))"},
    {"a duplicate points at an original and carries its answer",
     R"(SELECT count(*) FROM message d LEFT JOIN message m ON m.id = d.duplicate_of WHERE (d.outcome = 4) <> (d.duplicate_of <> 0)
        OR d.duplicate_of <> 0 AND (m.duplicate_of IS NOT 0 OR m.reply IS NOT d.reply))"},
    {"every acknowledged order exists once",
     R"(SELECT count(*) FROM journal j LEFT JOIN
        (SELECT placer_number, count(*) n FROM imaging_study GROUP BY placer_number) s ON s.placer_number = j.placer
        WHERE j.placer <> '' AND coalesce(n, 0) <> 1)"},
    {"no order without an acknowledged message",
     R"(SELECT count(*) FROM imaging_study WHERE placer_number NOT IN (SELECT placer FROM journal))"},
    {"an order has one step, a step an order",
     R"(SELECT (SELECT count(*) FROM imaging_study s WHERE
        (SELECT count(*) FROM scheduled_procedure_step t WHERE t.study = s.id) <> 1) +
        (SELECT count(*) FROM scheduled_procedure_step WHERE study NOT IN (SELECT id FROM imaging_study)))"},
    {"an order has its placer key and its filler key, a key an order",
     R"(SELECT (SELECT count(*) FROM imaging_study s LEFT JOIN
        (SELECT study, sum(key LIKE 'P%') p, sum(key LIKE 'F%') f FROM order_key GROUP BY study) k ON k.study = s.id
        WHERE p IS NOT 1 OR f IS NOT 1) +
        (SELECT count(*) FROM order_key WHERE study NOT IN (SELECT id FROM imaging_study)))"},
    {"accession numbers and study UIDs are given once",
     R"(SELECT (SELECT count(*) FROM (SELECT 1 FROM imaging_study GROUP BY accession_number HAVING count(*) > 1)) +
        (SELECT count(*) FROM (SELECT 1 FROM imaging_study GROUP BY study_instance_uid HAVING count(*) > 1)))"},
    {"every patient exists once",
     R"(SELECT (SELECT count(*) FROM patient) <> (SELECT count(DISTINCT patient) FROM journal)
        + (SELECT count(*) FROM (SELECT 1 FROM patient_identifier GROUP BY value HAVING count(DISTINCT patient) > 1))
        + (SELECT count(*) FROM imaging_study WHERE patient NOT IN (SELECT id FROM patient)))"},
    {"a record's last change is in the change log, with its message",
     R"(SELECT (SELECT count(*) FROM change_log WHERE message NOT IN (SELECT id FROM message)) +
        (SELECT count(*) FROM imaging_study WHERE last_change NOT IN (SELECT id FROM change_log)) +
        (SELECT count(*) FROM patient WHERE last_change NOT IN (SELECT id FROM change_log)))"},
    {"an original has one delivery, a duplicate none",
     R"(SELECT count(*) FROM message m WHERE
        (SELECT count(*) FROM delivery d WHERE d.message = m.id) <> (m.duplicate_of = 0))"},
    {"a message's outcome is its delivery's",
     R"(SELECT count(*) FROM message m JOIN delivery d ON d.message = m.id WHERE m.outcome <> d.state)"},
    {"a delivery was recorded as made at most once, and counted its attempts",
     R"(SELECT count(*) FROM delivery d WHERE
        (SELECT count(*) FROM delivery_attempt a WHERE a.delivery = d.id AND a.verdict = 1) <> (d.state = 1) OR
        (SELECT count(*) FROM delivery_attempt a WHERE a.delivery = d.id) <> d.attempts)"},
};

struct Closer {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Closer>;
using Statement = std::unique_ptr<sqlite3_stmt, Closer>;

Statement prepare(const Database& database, const char* sql) {
    sqlite3_stmt* out = nullptr;
    sqlite3_prepare_v2(database.get(), sql, -1, &out, nullptr);
    return Statement(out);
}

void bind(const Statement& statement, int index, const std::string& value) {
    sqlite3_bind_text(statement.get(), index, value.c_str(), -1, SQLITE_STATIC);
}

void bind_bytes(const Statement& statement, int index, const std::string& value) {
    sqlite3_bind_blob(statement.get(), index, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
}

void load_journal(const Database& database, const std::vector<Acknowledged>& journal) {
    sqlite3_exec(database.get(),
                 "CREATE TEMP TABLE journal (control_id TEXT, patient TEXT, placer TEXT, content, reply)", nullptr,
                 nullptr, nullptr);
    sqlite3_exec(database.get(), "BEGIN", nullptr, nullptr, nullptr);
    const auto insert = prepare(database, "INSERT INTO journal VALUES (?, ?, ?, ?, ?)");
    for (const auto& entry : journal) {
        bind(insert, 1, entry.control_id);
        bind(insert, 2, entry.patient);
        bind(insert, 3, entry.placer);
        bind_bytes(insert, 4, entry.message);
        bind_bytes(insert, 5, entry.reply);
        sqlite3_step(insert.get());
        sqlite3_reset(insert.get());
    }
    sqlite3_exec(database.get(), "COMMIT", nullptr, nullptr, nullptr);
}

long count(const Database& database, const char* sql) {
    const auto query = prepare(database, sql);
    return query && sqlite3_step(query.get()) == SQLITE_ROW ? static_cast<long>(sqlite3_column_int64(query.get(), 0))
                                                            : -1;
}

long broken_pages(const Database& database) {
    const auto query = prepare(database, "PRAGMA integrity_check");
    if (!query || sqlite3_step(query.get()) != SQLITE_ROW) return -1;
    return std::string(reinterpret_cast<const char*>(sqlite3_column_text(query.get(), 0))) != "ok";
}

std::string content_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// A file is named after its delivery, so it can be there once; it may be there before the database says so.
long wrong_files(const Database& database, const std::filesystem::path& directory) {
    const auto query =
        prepare(database, R"(SELECT d.id, d.state, b.content FROM delivery d JOIN message_body b ON b.id = d.message)");
    long wrong = 0, expected = 0;
    while (query && sqlite3_step(query.get()) == SQLITE_ROW) {
        const auto file = directory / (std::to_string(sqlite3_column_int64(query.get(), 0)) + ".hl7");
        const bool there = std::filesystem::exists(file);
        const std::string content(static_cast<const char*>(sqlite3_column_blob(query.get(), 2)),
                                  static_cast<std::size_t>(sqlite3_column_bytes(query.get(), 2)));
        expected += there;
        if (there ? content_of(file) != content : sqlite3_column_int(query.get(), 1) == 1) ++wrong;
    }
    const auto files = std::count_if(std::filesystem::directory_iterator(directory), {},
                                     [](const auto& entry) { return entry.path().extension() == ".hl7"; });
    return wrong + std::abs(static_cast<long>(files) - expected);
}

}  // namespace

std::vector<Finding> check_ledger(const std::filesystem::path& data, const std::vector<Acknowledged>& journal,
                                  bool drained) {
    sqlite3* opened = nullptr;
    sqlite3_open((data / "gantry.db").c_str(), &opened);
    const Database database(opened);
    load_journal(database, journal);
    std::vector<Finding> out;
    for (const auto& rule : rules) out.push_back({rule.name, count(database, rule.violations)});
    out.push_back({"the file of a delivery is there once, whole", wrong_files(database, data / "archive")});
    if (drained)
        out.push_back({"every delivery was made", count(database, "SELECT count(*) FROM delivery WHERE state <> 1")});
    out.push_back({"PRAGMA integrity_check", broken_pages(database)});
    return out;
}

}  // namespace gantry::durability
