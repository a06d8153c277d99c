// What only PostgreSQL makes necessary.
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;
using effects::OrderField;

namespace {

using namespace std::string_literals;

Site postgres(store::StoreOptions options = {}) {
    return Site(std::make_unique<PostgresPlace>(), std::move(options));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_pgsql_intake, *boost::unit_test::precondition(postgres_is_installed))

BOOST_AUTO_TEST_CASE(a_text_that_cannot_be_kept_is_rejected_and_only_that) {
    Site site = postgres();
    auto with_nul = order("M1"), latin = order("M2"), surrogate = order("M3"), name = order("M\xff\0"s);
    with_nul.effects.patient->fields.set(effects::PatientField::name, "SMITH\0JOHN"s, "PID-5");
    latin.effects.orders[0].fields.set(OrderField::reason, "caf\xe9", "OBR-31");
    surrogate.effects.patient->identifiers[0].value = "\xed\xa0\x80";
    const auto done = site.commit({with_nul, latin, order("M4"), surrogate, name});
    for (const int i : {0, 1, 3, 4}) {
        BOOST_TEST(outcome(done[i]) == "rejected: hl7.bad_value");
        BOOST_TEST(done[i].durable);
    }
    BOOST_TEST(outcome(done[2]) == "delivered");
    BOOST_TEST(site.one("SELECT control_id FROM message ORDER BY id DESC LIMIT 1") == "M??");
    BOOST_TEST(site.accessions() == std::vector<std::string>{"A1"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(all_of_unicode_comes_back) {
    Site site = postgres();
    const auto name = "Ærø^山田\xf0\x9f\x98\x80"s;
    Order what;
    what.name = name;
    site.commit(order("Ü1", what));
    BOOST_TEST(site.worklist().at(0).patient_fields[effects::PatientField::name] == name);
    BOOST_TEST(site.latest(1).at(0).control_id == "Ü1");
}

BOOST_AUTO_TEST_CASE(what_is_too_long_for_an_index_is_rejected_and_only_that) {
    Site site = postgres();
    std::string noise;  // that no compression shortens
    for (std::uint32_t i = 0, x = 1; i < 9000; ++i, x = x * 1664525 + 1013904223)
        noise += static_cast<char>('A' + (x >> 24) % 26);
    auto long_key = order("M2", {"P2", noise, "A2"});
    const auto done = site.commit({order(noise), long_key, order("M3")});
    BOOST_TEST(outcome(done[0]) == "rejected: hl7.too_long");
    BOOST_TEST(outcome(done[1]) == "rejected: internal");
    BOOST_TEST(outcome(done[2]) == "delivered");
    for (const auto& one : done) BOOST_TEST(one.durable);
    BOOST_TEST(site.one("SELECT count(*) FROM message") == "3");
}

BOOST_AUTO_TEST_CASE(a_batch_with_more_keys_than_locks_is_taken_in_parts) {
    Site site = postgres();
    std::vector<store::Unit> units;
    for (int i = 0; i < 4000; ++i) {
        const auto n = std::to_string(i);
        units.push_back(order("M" + n, {"P" + n, "N" + n, "A" + n}));
    }
    int delivered = 0;
    for (const auto& one : site.commit(units)) delivered += outcome(one) == "delivered";
    BOOST_TEST(delivered == 4000);
    BOOST_TEST(site.one("SELECT count(*) FROM imaging_study") == "4000");
}

BOOST_AUTO_TEST_CASE(a_commit_is_on_disk_whatever_the_servers_defaults_are) {
    Site site = postgres();
    site.close();
    site.run("ALTER DATABASE " + site.one("SELECT current_database()") + " SET synchronous_commit = off");
    site.reopen();
    site.run("CREATE TABLE seen (setting TEXT)");
    site.run(
        "CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO seen VALUES "
        "(current_setting(''synchronous_commit'')); RETURN NEW; END'");
    site.run("CREATE TRIGGER look BEFORE INSERT ON message FOR EACH ROW EXECUTE FUNCTION look()");
    site.commit(order("M1"));
    BOOST_TEST(site.one("SELECT setting FROM seen") == "on");
}

BOOST_AUTO_TEST_CASE(a_record_changed_behind_the_back_of_a_batch_is_read_again) {
    Site site = postgres();
    site.commit(order("M1"));
    // Between its reading and its writing, every order looks as if another node had changed it; once.
    site.run("CREATE SEQUENCE tries");
    site.run(
        "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF nextval(''tries'') <= 2 THEN "
        "RETURN NULL; END IF; RETURN NEW; END'");
    site.run("CREATE TRIGGER meddle BEFORE UPDATE ON imaging_study FOR EACH ROW EXECUTE FUNCTION meddle()");
    Order cancel;
    cancel.action = effects::OrderAction::cancel;
    cancel.event_time = "20261123081000";
    BOOST_TEST(outcome(site.commit(order("M2", cancel))) == "delivered");
    BOOST_TEST(site.worklist().empty());
    BOOST_TEST(site.one("SELECT last_value FROM tries") == "3");
    BOOST_TEST(site.one("SELECT count(*) FROM message") == "2");
}

BOOST_AUTO_TEST_CASE(each_committer_makes_ids_of_its_own) {
    store::StoreOptions options;
    options.committers = 4;
    Site site = postgres(options);
    std::set<std::int64_t> ids;
    const auto intakes = site->intakes();
    BOOST_REQUIRE_EQUAL(intakes.size(), 4u);
    for (int i = 0; i < 20; ++i) {
        auto one = order("M" + std::to_string(i), {"P" + std::to_string(i)});
        ids.insert(intakes[static_cast<std::size_t>(i) % 4]->commit({&one, 1}).front().outcome.message);
    }
    BOOST_TEST(ids.size() == 20u);
}

BOOST_AUTO_TEST_SUITE_END()
