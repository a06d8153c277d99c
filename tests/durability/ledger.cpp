#include "tests/durability/ledger.hpp"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <array>
#include <map>
#include <stdexcept>

namespace gantry::durability {
namespace {

class SqliteLedger final : public Ledger {
  public:
    explicit SqliteLedger(const std::filesystem::path& file) {
        sqlite3* opened = nullptr;
        const int code = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
        database_.reset(opened);
        if (code != SQLITE_OK) throw std::runtime_error("there is no database " + file.string());
    }

    void load(const std::vector<Acknowledged>& journal) override {
        rows("CREATE TEMP TABLE journal (control_id TEXT, patient TEXT, placer TEXT, content BLOB, reply BLOB)");
        rows("BEGIN");
        const auto insert = prepare("INSERT INTO journal VALUES (?, ?, ?, ?, ?)");
        for (const auto& entry : journal) {
            int index = 0;
            for (const auto* text : {&entry.control_id, &entry.patient, &entry.placer})
                sqlite3_bind_text(insert.get(), ++index, text->c_str(), -1, SQLITE_STATIC);
            for (const auto* bytes : {&entry.message, &entry.reply})
                sqlite3_bind_blob64(insert.get(), ++index, bytes->data(), bytes->size(), SQLITE_STATIC);
            step(insert);
            sqlite3_reset(insert.get());
        }
        rows("COMMIT");
    }

    Rows rows(const std::string& sql) override {
        const auto& statement = prepared(sql);
        sqlite3_reset(statement.get());
        Rows out;
        while (step(statement)) {
            auto& row = out.emplace_back();
            for (int column = 0; column < sqlite3_column_count(statement.get()); ++column) {
                const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement.get(), column));
                const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement.get(), column));
                row.emplace_back(bytes ? bytes : "", size);
            }
        }
        return out;
    }

    long damages() override {
        const auto found = rows("PRAGMA integrity_check");
        return found == Rows{{"ok"}} ? 0 : static_cast<long>(found.size());
    }

  private:
    struct Closer {
        void operator()(sqlite3* database) const { sqlite3_close(database); }
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Closer>;

    [[noreturn]] void fail() const { throw std::runtime_error(sqlite3_errmsg(database_.get())); }

    Statement prepare(const std::string& sql) {
        sqlite3_stmt* out = nullptr;
        if (sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &out, nullptr) != SQLITE_OK) fail();
        return Statement(out);
    }

    // The same questions are asked after every step of a long run.
    const Statement& prepared(const std::string& sql) {
        const auto known = prepared_.find(sql);
        if (known != prepared_.end()) return known->second;
        if (prepared_.size() >= most_prepared) prepared_.clear();
        return prepared_.emplace(sql, prepare(sql)).first->second;
    }

    bool step(const Statement& statement) const {
        const int code = sqlite3_step(statement.get());
        if (code != SQLITE_ROW && code != SQLITE_DONE) fail();
        return code == SQLITE_ROW;
    }

    static constexpr std::size_t most_prepared = 64;
    std::unique_ptr<sqlite3, Closer> database_;
    std::map<std::string, Statement> prepared_;
};

class PostgresLedger final : public Ledger {
  public:
    explicit PostgresLedger(const std::string& url) : session_(PQconnectdb(url.c_str())) {
        if (PQstatus(session_.get()) != CONNECTION_OK) fail();
        rows("SET client_min_messages = warning");
    }

    void load(const std::vector<Acknowledged>& journal) override {
        rows(R"(CREATE TEMP TABLE journal (control_id TEXT COLLATE "C", patient TEXT COLLATE "C",
                placer TEXT COLLATE "C", content BYTEA, reply BYTEA))");
        rows("BEGIN");
        for (const auto& entry : journal) insert(entry);
        rows("COMMIT");
        rows("ANALYZE journal");
    }

    Rows rows(const std::string& sql) override {
        const Answer answer(PQexec(session_.get(), sql.c_str()));
        check(answer);
        Rows out;
        for (int row = 0; row < PQntuples(answer.get()); ++row) {
            auto& values = out.emplace_back();
            for (int column = 0; column < PQnfields(answer.get()); ++column)
                values.push_back(value(answer, row, column));
        }
        return out;
    }

    long damages() override {
        rows("CREATE EXTENSION IF NOT EXISTS amcheck");
        const auto indexes = rows(
            "SELECT c.oid FROM pg_class c JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n "
            "ON n.oid = c.relnamespace WHERE a.amname = 'btree' AND n.nspname = 'public'");
        long damages = indexes.empty() ? 1 : 0;
        for (const auto& index : indexes) {
            try {
                rows("SELECT bt_index_check(" + index.at(0) + ", true)");
            } catch (const std::runtime_error&) {
                ++damages;
            }
        }
        return damages;
    }

  private:
    struct Closer {
        void operator()(PGconn* session) const { PQfinish(session); }
        void operator()(PGresult* answer) const { PQclear(answer); }
    };
    using Answer = std::unique_ptr<PGresult, Closer>;
    static constexpr Oid bytea = 17;

    [[noreturn]] void fail() const { throw std::runtime_error(PQerrorMessage(session_.get())); }

    void check(const Answer& answer) const {
        const auto status = PQresultStatus(answer.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail();
    }

    void insert(const Acknowledged& entry) {
        const std::array texts{&entry.control_id, &entry.patient, &entry.placer, &entry.message, &entry.reply};
        std::array<const char*, 5> values;
        std::array<int, 5> lengths;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            values[i] = texts[i]->data();
            lengths[i] = static_cast<int>(texts[i]->size());
        }
        static constexpr std::array<int, 5> binary{0, 0, 0, 1, 1};
        check(Answer(PQexecParams(session_.get(), "INSERT INTO journal VALUES ($1, $2, $3, $4, $5)", 5, nullptr,
                                  values.data(), lengths.data(), binary.data(), 0)));
    }

    static std::string value(const Answer& answer, int row, int column) {
        const auto* text = PQgetvalue(answer.get(), row, column);
        if (PQftype(answer.get(), column) != bytea) return text;
        std::size_t size = 0;
        auto* bytes = PQunescapeBytea(reinterpret_cast<const unsigned char*>(text), &size);
        std::string out(reinterpret_cast<const char*>(bytes), size);
        PQfreemem(bytes);
        return out;
    }

    std::unique_ptr<PGconn, Closer> session_;
};

}  // namespace

std::unique_ptr<Ledger> open_ledger(const std::string& store, const std::filesystem::path& data) {
    static const std::string sqlite = "sqlite:";
    if (store.compare(0, sqlite.size(), sqlite) == 0)
        return std::make_unique<SqliteLedger>(data / store.substr(sqlite.size()));
    return std::make_unique<PostgresLedger>(store);
}

}  // namespace gantry::durability
