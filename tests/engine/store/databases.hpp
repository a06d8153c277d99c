// The databases that the store's tests run on, and connections that the store knows nothing of.
//
// STORE_TEST_CASE(name) { … } becomes two cases, name_on_sqlite and name_on_postgresql; a Site made in it is of that
// database. PostgreSQL is skipped where it is not installed.
#pragma once
#include <libpq-fe.h>
#include <sqlite3.h>

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <vector>

#include "tests/engine/store/postgres_server.hpp"
#include "tests/engine/store/temporary_directory.hpp"

namespace gantry::store::testing {

enum class Kind { sqlite, postgresql };

// Of the test that runs.
inline Kind& current_kind() {
    static Kind kind = Kind::sqlite;
    return kind;
}

struct OnDatabase {
    explicit OnDatabase(Kind kind) { current_kind() = kind; }
    ~OnDatabase() { current_kind() = Kind::sqlite; }
};

inline boost::test_tools::assertion_result postgres_is_installed(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result out(!postgres_programs().empty());
    out.message() << "the package postgresql is not installed";
    return out;
}

#define STORE_TEST_CASE(name)                                                                                \
    struct name##_test {                                                                                     \
        static void run();                                                                                   \
    };                                                                                                       \
    BOOST_AUTO_TEST_CASE(name##_on_sqlite) {                                                                 \
        const ::gantry::store::testing::OnDatabase here(::gantry::store::testing::Kind::sqlite);             \
        name##_test::run();                                                                                  \
    }                                                                                                        \
    BOOST_AUTO_TEST_CASE(name##_on_postgresql,                                                               \
                         *boost::unit_test::precondition(::gantry::store::testing::postgres_is_installed)) { \
        const ::gantry::store::testing::OnDatabase here(::gantry::store::testing::Kind::postgresql);         \
        name##_test::run();                                                                                  \
    }                                                                                                        \
    void name##_test::run()

using Rows = std::vector<std::vector<std::string>>;  // NULL as "NULL"

// Looks at a database from outside.
class Spectator {
  public:
    virtual ~Spectator() = default;
    virtual Rows rows(const std::string& sql) const = 0;
    void run(const std::string& sql) const { (void)rows(sql); }
    std::string one(const std::string& sql) const {
        const auto all = rows(sql);
        BOOST_REQUIRE_MESSAGE(all.size() == 1 && all.front().size() == 1, "not one value: " << sql);
        return all.front().front();
    }
};

class Onlooker final : public Spectator {
  public:
    explicit Onlooker(const std::filesystem::path& file) {
        BOOST_REQUIRE_EQUAL(sqlite3_open(file.c_str(), &connection_), SQLITE_OK);
    }
    ~Onlooker() override { sqlite3_close(connection_); }
    Onlooker(const Onlooker&) = delete;
    Onlooker& operator=(const Onlooker&) = delete;

    Rows rows(const std::string& sql) const override {
        Rows out;
        const auto take = [](void* into, int count, char** values, char**) {
            auto& row = static_cast<Rows*>(into)->emplace_back();
            for (int i = 0; i < count; ++i) row.emplace_back(values[i] ? values[i] : "NULL");
            return 0;
        };
        const int code = sqlite3_exec(connection_, sql.c_str(), take, &out, nullptr);
        BOOST_REQUIRE_MESSAGE(code == SQLITE_OK, sqlite3_errmsg(connection_) << " in " << sql.substr(0, 200));
        return out;
    }

  private:
    sqlite3* connection_ = nullptr;
};

class PostgresOnlooker final : public Spectator {
  public:
    explicit PostgresOnlooker(const std::string& url) : connection_(PQconnectdb(url.c_str()), PQfinish) {
        BOOST_REQUIRE_MESSAGE(PQstatus(connection_.get()) == CONNECTION_OK, PQerrorMessage(connection_.get()));
    }

    Rows rows(const std::string& sql) const override {
        const std::unique_ptr<PGresult, void (*)(PGresult*)> answer(PQexec(connection_.get(), sql.c_str()), PQclear);
        const auto status = PQresultStatus(answer.get());
        BOOST_REQUIRE_MESSAGE(status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK,
                              PQerrorMessage(connection_.get()) << " in " << sql.substr(0, 200));
        Rows out;
        for (int row = 0; row < PQntuples(answer.get()); ++row) {
            auto& values = out.emplace_back();
            for (int column = 0; column < PQnfields(answer.get()); ++column)
                values.emplace_back(PQgetisnull(answer.get(), row, column) ? "NULL"
                                                                           : PQgetvalue(answer.get(), row, column));
        }
        return out;
    }

  private:
    std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
};

// An empty database of one kind, gone with this object.
class Place {
  public:
    virtual ~Place() = default;
    virtual std::string url() const = 0;
    virtual std::unique_ptr<Spectator> look() const = 0;
    // For the data directory; on SQLite, gantry.db is in it.
    const std::filesystem::path& directory() const { return directory_.path(); }

  private:
    TemporaryDirectory directory_;
};

class SqlitePlace final : public Place {
  public:
    std::string url() const override { return "sqlite:gantry.db"; }
    std::unique_ptr<Spectator> look() const override { return std::make_unique<Onlooker>(directory() / "gantry.db"); }
};

class PostgresPlace final : public Place {
  public:
    explicit PostgresPlace(PostgresServer& server = shared()) : server_(server) {
        static int count = 0;
        name_ = "test" + std::to_string(++count);
        PostgresOnlooker(server_.url("postgres")).run("CREATE DATABASE " + name_);
    }
    ~PostgresPlace() override {
        PostgresOnlooker(server_.url("postgres")).run("DROP DATABASE " + name_ + " WITH (FORCE)");
    }
    std::string url() const override { return server_.url(name_); }
    std::unique_ptr<Spectator> look() const override { return std::make_unique<PostgresOnlooker>(url()); }

    // One server for all tests that do not stop theirs.
    static PostgresServer& shared() {
        static PostgresServer server;
        return server;
    }

  private:
    PostgresServer& server_;
    std::string name_;
};

inline std::unique_ptr<Place> place_of(Kind kind) {
    if (kind == Kind::sqlite) return std::make_unique<SqlitePlace>();
    return std::make_unique<PostgresPlace>();
}

}  // namespace gantry::store::testing
