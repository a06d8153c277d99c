// What the store does when the database says no: a constraint, a full disk, a clock that goes backwards.
#include <atomic>
#include <thread>

#include "tests/engine/store/connections.hpp"
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;

namespace {

// A rule that only the database knows, so that the record rules cannot see the conflict coming.
void forbid(Site& site, const std::string& accession) {
    if (current_kind() == Kind::sqlite) {
        site.run("CREATE TRIGGER forbid BEFORE INSERT ON imaging_study WHEN NEW.accession_number = '" + accession +
                 "' BEGIN SELECT RAISE(ABORT, 'forbidden'); END");
        return;
    }
    site.run("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''forbidden''; END'");
    site.run("CREATE TRIGGER forbid BEFORE INSERT ON imaging_study FOR EACH ROW WHEN (NEW.accession_number = '" +
             accession + "') EXECUTE FUNCTION refuse()");
}

store::Unit large_order(const std::string& control_id, Order what = {}) {
    auto out = order(control_id, what);
    out.content = incompressible(200'000);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_intake_faults)

STORE_TEST_CASE(a_unit_that_breaks_a_constraint_is_rejected_alone) {
    Site site;
    forbid(site, "A2");
    auto culprit = order("M2", {"P2", "100002", "A2"});
    culprit.effects.deliveries.push_back({"orders/archive", {}, true});
    const auto done = site.commit({order("M1"), culprit, order("M3", {"P3", "100002", "A3"}), order("M1")});
    BOOST_TEST(outcome(done[0]) == "delivered");
    BOOST_TEST(outcome(done[1]) == "rejected: internal");
    BOOST_TEST(outcome(done[2]) == "delivered");
    BOOST_TEST(outcome(done[3]) == "duplicate");
    for (const auto& one : done) BOOST_TEST(one.durable);
    // The reply is the one of the try that was stored.
    BOOST_TEST(done[0].reply == "M1|delivered|" + std::to_string(done[0].outcome.message));
    BOOST_TEST(done[3].reply == done[0].reply);
    BOOST_TEST(site.accessions() == (std::vector<std::string>{"A1", "A3"}), boost::test_tools::per_element());
    const auto& inside = site;
    BOOST_TEST(inside.one("SELECT count(*) FROM message") == "4");
    BOOST_TEST(inside.one("SELECT count(*) FROM delivery") == "0");
    BOOST_TEST(inside.one("SELECT count(*) FROM patient") == "2");
    BOOST_TEST(inside.one("SELECT count(*) FROM order_key WHERE study NOT IN (SELECT id FROM imaging_study)") == "0");
}

STORE_TEST_CASE(a_batch_where_every_unit_breaks_a_constraint_is_recorded) {
    Site site;
    forbid(site, "A1");
    for (const auto& one : site.commit({order("M1"), order("M2", {"P2"}), order("M3", {"P3"})}))
        BOOST_TEST(outcome(one) == "rejected: internal");
    BOOST_TEST(site.latest().size() == 3u);
    // The cause is mended: the same message may come again.
    site.run(current_kind() == Kind::sqlite ? "DROP TRIGGER forbid" : "DROP TRIGGER forbid ON imaging_study");
    BOOST_TEST(outcome(site.commit(order("M1"))) == "delivered");
}

BOOST_AUTO_TEST_CASE(a_full_disk_takes_nothing_says_so_and_is_got_over) {
    const Connections connections;
    Site site;
    site.commit(order("M1"));
    connections.limit_pages(1);
    const auto refused = site.commit({large_order("M2", {"P2", "100002", "A2"}), order("M3", {"P3", "100003", "A3"})});
    for (const auto& one : refused) {
        BOOST_TEST(!one.durable);
        BOOST_TEST(outcome(one) == "rejected: storage.unavailable");
        BOOST_TEST(one.outcome.message == 0);
        BOOST_TEST(one.reply.find("rejected") != std::string::npos);
    }
    BOOST_TEST(site.latest().size() == 1u);
    BOOST_TEST(site.accessions() == std::vector<std::string>{"A1"}, boost::test_tools::per_element());

    connections.limit_pages(1'000'000);
    // An order was refused just now, although a smaller one might have found room.
    BOOST_REQUIRE(!site->writable().ok());
    BOOST_TEST(site->writable().error().detail == "the disk that holds it is full");
    site.clock.set({monday.micros + 1'000'000});
    BOOST_TEST(site->writable().ok());
    const auto taken = site.commit(large_order("M2", {"P2", "100002", "A2"}));
    BOOST_TEST(taken.durable);
    BOOST_TEST(outcome(taken) == "delivered");
    BOOST_TEST(site.one("PRAGMA integrity_check") == "ok");
}

BOOST_AUTO_TEST_CASE(whether_it_is_writable_is_told_before_a_commit_that_waits_for_a_lock_ends) {
    Site site;
    site.commit(order("M1"));
    site.clock.set({monday.micros + 1'000'000});
    std::atomic<bool> ended{false};
    const Onlooker other(site.file());
    other.run("BEGIN IMMEDIATE");
    std::thread committer([&] {
        const auto refused = site.commit(order("M2", {"P2", "100002", "A2"}));
        ended = true;
        BOOST_TEST(refused.outcome.error.value().detail == "another program has it locked");
    });
    const bool writable = site->writable().ok(), told_first = !ended;
    committer.join();
    BOOST_TEST(!writable);
    BOOST_TEST(told_first);
    other.run("ROLLBACK");
    BOOST_TEST(outcome(site.commit(order("M2", {"P2", "100002", "A2"}))) == "delivered");
}

BOOST_AUTO_TEST_CASE(a_full_disk_loses_no_attempt_of_a_delivery) {
    const Connections connections;
    Site site;
    auto message = order("M1");
    message.effects.deliveries.push_back({"orders/archive", {}, true});
    site.commit(message);
    const auto work = site->deliveries().pending("orders/archive", {}, 10).value().at(0);
    store::Deliveries::Attempt attempt;
    attempt.delivery = work.id;
    attempt.detail.assign(200'000, 'x');
    connections.limit_pages(1);
    const auto refused = site->deliveries().record({&attempt, 1});
    BOOST_REQUIRE(!refused.ok());
    BOOST_CHECK(refused.error().code == ErrorCode::storage_unavailable);
    BOOST_TEST(site->deliveries().pending("orders/archive", {}, 10).value().size() == 1u);
    connections.limit_pages(1'000'000);
    BOOST_TEST(site->deliveries().record({&attempt, 1}).ok());
    BOOST_TEST(site->deliveries().pending("orders/archive", {}, 10).value().empty());
}

STORE_TEST_CASE(ids_grow_although_the_clock_was_set_back) {
    Site site;
    auto first = order("M1");
    first.effects.deliveries.push_back({"orders/archive", {}, true});
    site.commit(first);
    const auto largest = [&] {
        return std::stoll(
            site.one("SELECT max(id) FROM (SELECT id FROM message UNION SELECT id FROM patient UNION "
                     "SELECT id FROM imaging_study UNION SELECT id FROM scheduled_procedure_step UNION "
                     "SELECT id FROM delivery) AS ids"));
    };
    const auto before = largest();
    site.clock.set({monday.micros - 3'600'000'000});
    site.reopen();
    const auto second = site.commit(order("M2", {"P2", "100002", "A2"}));
    BOOST_TEST(outcome(second) == "delivered");
    BOOST_TEST(second.outcome.message > before);
    BOOST_TEST(site.latest().front().control_id == "M2");
    BOOST_TEST(site.one("SELECT min(id) FROM patient WHERE id > " + std::to_string(before)) != "NULL");
}

STORE_TEST_CASE(two_nodes_never_make_the_same_id) {
    Site one;
    store::StoreOptions options;
    options.node = 1;
    Site other(options);
    const auto a = one.commit(order("M1")).outcome.message, b = other.commit(order("M1")).outcome.message;
    BOOST_TEST(a != b);
}

BOOST_AUTO_TEST_SUITE_END()
