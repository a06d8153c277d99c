#include "engine/store/schema.hpp"

#include <thread>

#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;

namespace {

ErrorCode refusal(const store::StoreOptions& options) {
    const FixedClock clock{monday};
    const auto opened = store::open(options, {}, clock, events::nowhere());
    BOOST_REQUIRE(!opened.ok());
    return opened.error().code;
}

store::StoreOptions at(const Place& place) {
    store::StoreOptions out;
    out.url = place.url();
    return out;
}

// What EXPLAIN says when reading whole tables is the last resort.
std::string plan(const Place& place, const std::string& sql) {
    const PostgresOnlooker database(place.url());
    database.run("SET enable_seqscan = off");
    std::string out;
    for (const auto& row : database.rows("EXPLAIN " + sql)) out += row.front() + "\n";
    return out;
}

bool keep_revision(store::Store& store) {
    const store::RevisionDraft draft{"orders", "{}", {}, {}};
    return store.revisions().keep({&draft, 1}).ok();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_pgsql_schema, *boost::unit_test::precondition(postgres_is_installed))

BOOST_AUTO_TEST_CASE(nodes_that_start_at_once_make_the_schema_once) {
    const PostgresPlace place;
    std::vector<std::thread> nodes;
    std::atomic<int> opened{0};
    for (int node = 0; node < 4; ++node)
        nodes.emplace_back([&, node] {
            const FixedClock clock{monday};
            auto options = at(place);
            options.node = node;
            const auto store = store::open(options, {}, clock, events::nowhere());
            opened += store.ok() && keep_revision(**store);
        });
    for (auto& node : nodes) node.join();
    BOOST_TEST(opened == 4);
    BOOST_TEST(place.look()->one("SELECT count(*) FROM gantry_schema") ==
               std::to_string(store::pgsql_migrations().size()));
    BOOST_TEST(place.look()->one("SELECT count(*) FROM channel_revision") == "1");
}

BOOST_AUTO_TEST_CASE(a_database_of_a_newer_program_is_refused_and_left_alone) {
    Site site(std::make_unique<PostgresPlace>());
    site.close();
    site.run("INSERT INTO gantry_schema VALUES (99)");
    BOOST_CHECK(refusal(at(site.place())) == ErrorCode::storage_schema_newer);
    BOOST_TEST(site.one("SELECT max(version) FROM gantry_schema") == "99");
}

BOOST_AUTO_TEST_CASE(a_database_of_somebody_else_is_refused_and_left_alone) {
    const PostgresPlace place;
    place.look()->run("CREATE TABLE message (words TEXT)");
    BOOST_CHECK(refusal(at(place)) == ErrorCode::storage_schema_broken);
    BOOST_TEST(place.look()->one("SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'") ==
               "message");
}

BOOST_AUTO_TEST_CASE(a_database_in_another_encoding_is_refused) {
    const PostgresOnlooker server(PostgresPlace::shared().url("postgres"));
    server.run("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    store::StoreOptions options;
    options.url = PostgresPlace::shared().url("latin");
    BOOST_CHECK(refusal(options) == ErrorCode::storage_schema_broken);
    server.run("DROP DATABASE latin");
}

BOOST_AUTO_TEST_CASE(places_that_cannot_be) {
    const PostgresPlace place;
    store::StoreOptions options;
    options.url = "postgresql:///nothing?host=/nowhere";
    BOOST_CHECK(refusal(options) == ErrorCode::storage_unavailable);
    options.url = "host=/nowhere dbname=nothing";
    BOOST_CHECK(refusal(options) == ErrorCode::storage_unavailable);
    options = at(place);
    options.node = 256;
    BOOST_CHECK(refusal(options) == ErrorCode::config_out_of_range);
    options = at(place);
    for (const int committers : {0, 5}) {
        options.committers = committers;
        BOOST_CHECK(refusal(options) == ErrorCode::config_out_of_range);
    }
}

BOOST_AUTO_TEST_CASE(a_password_in_a_place_is_never_quoted) {
    for (const auto* url : {"postgresql://gantry:secret@[::1/gantry", "postgresql://gantry:secret@/x?host=/nowhere",
                            "postgre://gantry:secret@host/x"}) {
        const FixedClock clock{monday};
        store::StoreOptions options;
        options.url = url;
        const auto opened = store::open(options, {}, clock, events::nowhere());
        BOOST_REQUIRE(!opened.ok());
        BOOST_TEST(opened.error().text().find("secret") == std::string::npos, opened.error().text());
    }
}

BOOST_AUTO_TEST_CASE(everyday_queries_can_be_answered_from_an_index) {
    Site site(std::make_unique<PostgresPlace>());
    const struct {
        const char *sql, *index;
    } rows[] = {
        {"SELECT id FROM scheduled_procedure_step step WHERE step.visible AND step.start_date >= '20261123' AND "
         "step.start_date <= '20261123'",
         "step_worklist"},
        {"SELECT id FROM imaging_study WHERE accession_number = 'A1'", "imaging_study_accession"},
        {"SELECT id FROM imaging_study WHERE study_instance_uid IN ('1.2', '1.3')", "imaging_study_uid"},
        {"SELECT id FROM delivery WHERE delivery.state = 0 AND destination = 'a/b' AND id > 5 ORDER BY id LIMIT 10",
         "delivery_ready"},
        {"SELECT count(*) FROM delivery WHERE state = 0", "delivery_ready"},
        {"SELECT id FROM delivery WHERE delivery.state = 0 AND delivery.priority >= 3 AND destination = 'a/b' AND id > "
         "5 "
         "ORDER BY id LIMIT 10",
         "delivery_urgent"},
        {"SELECT id FROM delivery WHERE delivery.state = 0 AND delivery.priority > 0 AND destination = 'a/b' AND "
         "lane = 'A' AND id <= 5 ORDER BY id LIMIT 10",
         "delivery_lane"},
    };
    for (const auto& row : rows) {
        const auto said = plan(site.place(), row.sql);
        BOOST_TEST(said.find(row.index) != std::string::npos, said);
    }
}

BOOST_AUTO_TEST_SUITE_END()
