#include "engine/store/messages.hpp"

#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;
using effects::Outcome;
using store::MessageQuery;

namespace {

using Names = std::vector<std::string>;

store::MessagePage find(Site& site, const MessageQuery& query) {
    auto page = site->messages().find(query);
    BOOST_REQUIRE_MESSAGE(page.ok(), (page.ok() ? "" : page.error().text()));
    return std::move(*page);
}

// Control ids, newest first, of all pages.
Names found(Site& site, MessageQuery query) {
    Names out;
    do {
        const auto page = find(site, query);
        BOOST_TEST(page.messages.size() <= query.most);
        for (const auto& row : page.messages) out.push_back(row.control_id);
        query.before = page.next;
    } while (query.before);
    return out;
}

Names by_accession(Site& site, const std::string& number) {
    MessageQuery query;
    query.accession_number = number;
    return found(site, query);
}

Names by_patient(Site& site, const effects::Identifier& number) {
    MessageQuery query;
    query.patient = number;
    return found(site, query);
}

store::Unit rejected(const std::string& control_id) {
    auto out = order(control_id);
    out.effects.disposition = effects::Disposition::reject;
    out.effects.error = Error{ErrorCode::hl7_missing_segment, "PID", "PID"};
    return out;
}

store::Unit filtered(const std::string& control_id) {
    auto out = order(control_id);
    out.effects.disposition = effects::Disposition::filter;
    out.effects.filtered_by = "only CT";
    return out;
}

store::Unit of_type(store::Unit unit, const std::string& channel, const std::string& type) {
    unit.channel = channel;
    unit.type = type;
    return unit;
}

store::Unit demographics(const std::string& control_id, const std::string& number, const std::string& name) {
    effects::Effects effects;
    effects.patient = patient(number, name);
    effects.patient->from_adt = true;
    return of_type(unit(control_id, std::move(effects)), "adt", "ADT^A08");
}

store::Unit changed(const std::string& control_id, Order what, const std::string& time) {
    what.event_time = time;
    what.date = "20261124";
    what.action = effects::OrderAction::create_or_update;
    return order(control_id, what);
}

store::Unit result(const std::string& control_id, const Order& about) {
    effects::Effects effects;
    effects.patient = patient(about.patient, about.name);
    auto& report = effects.reports.emplace_back();
    report.place = "OBR[1]";
    report.status = effects::ResultStatus::final;
    report.event_time = "20261123120000";
    report.imaging = true;
    auto& answered = report.orders.emplace_back();
    answered.place = "OBR[1]";
    answered.placer = {about.placer, "HIS"};
    answered.filler = {"F1", "RIS"};
    answered.action = effects::OrderAction::complete;
    answered.event_time = report.event_time;
    answered.fields.set(effects::OrderField::procedure_code, "CHEST", "OBR-4");
    report.lines.push_back({});
    report.lines.back().text = "Lungs are clear.";
    return of_type(unit(control_id, std::move(effects)), "results", "ORU^R01");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_messages)

STORE_TEST_CASE(the_newest_come_first_and_pages_join) {
    Site site;
    for (int i = 1; i <= 7; ++i)
        site.commit(demographics("M" + std::to_string(i), "100001", "SMITH^J" + std::to_string(i)));
    MessageQuery query;
    query.most = 3;
    const auto page = find(site, query);
    BOOST_REQUIRE_EQUAL(page.messages.size(), 3u);
    BOOST_TEST(page.messages[0].control_id == "M7");
    BOOST_TEST(page.next.value == page.messages[2].id.value);
    BOOST_TEST(found(site, query) == (Names{"M7", "M6", "M5", "M4", "M3", "M2", "M1"}),
               boost::test_tools::per_element());
}

STORE_TEST_CASE(a_row_says_what_the_ledger_knows) {
    Site site;
    site.commit(rejected("M1"));
    const auto row = find(site, {}).messages.at(0);
    BOOST_TEST(row.channel == "orders");
    BOOST_TEST(row.type == "ORM^O01");
    BOOST_TEST(row.peer == "127.0.0.1:40000");
    BOOST_TEST(row.sender == "HIS|HOSP");
    BOOST_TEST(row.received.micros == monday.micros);
    BOOST_CHECK(row.outcome == Outcome::rejected);
    BOOST_TEST(row.error == "hl7.missing_segment");
    BOOST_TEST(row.error_detail == "PID");
    BOOST_TEST(row.error_place == "PID");
}

STORE_TEST_CASE(each_filter_narrows_and_all_must_hold) {
    Site site;
    site.commit(order("M1"));
    site.commit(of_type(order("M2", {.placer = "P2", .accession = "A2"}), "other", "OMG^O19"));
    site.commit(rejected("M3"));
    site.commit(of_type(rejected("M4"), "other", "ADT^A08^ADT_A01"));
    site.commit(filtered("M5"));
    site.commit(order("M1"));
    const struct {
        MessageQuery query;
        Names expected;
    } rows[] = {{{.channel = "orders"}, {"M1", "M5", "M3", "M1"}},
                {{.channel = "other"}, {"M4", "M2"}},
                {{.channel = "nobody"}, {}},
                {{.type = "ADT"}, {"M4"}},
                {{.type = "ADT^A08"}, {"M4"}},
                {{.type = "AD"}, {}},
                {{.type = "OMG^O19"}, {"M2"}},
                {{.outcome = Outcome::rejected}, {"M4", "M3"}},
                {{.outcome = Outcome::filtered}, {"M5"}},
                {{.outcome = Outcome::duplicate}, {"M1"}},
                {{.outcome = Outcome::delivered}, {"M2", "M1"}},
                {{.outcome = Outcome::dead}, {}},
                {{.channel = "other", .outcome = Outcome::rejected}, {"M4"}},
                {{.channel = "other", .outcome = Outcome::delivered}, {"M2"}},
                {{.channel = "orders", .type = "ADT", .outcome = Outcome::rejected}, {}},
                {{.control_id = "M1"}, {"M1", "M1"}},
                {{.control_id = "M1", .outcome = Outcome::delivered}, {"M1"}},
                {{.control_id = "M1", .outcome = Outcome::duplicate}, {"M1"}},
                {{.channel = "other", .control_id = "M1"}, {}},
                {{.channel = "other", .type = "OMG", .control_id = "M2"}, {"M2"}},
                {{.control_id = "M"}, {}}};
    for (auto row : rows) {
        BOOST_TEST_CONTEXT(row.query.channel << " " << row.query.type << " " << row.query.control_id) {
            for (const std::size_t most : {1u, 50u}) {
                row.query.most = most;
                BOOST_TEST(found(site, row.query) == row.expected, boost::test_tools::per_element());
            }
        }
    }
}

STORE_TEST_CASE(time_is_when_it_was_stored_from_then_on_and_before_then) {
    Site site;
    constexpr std::int64_t hour = 3'600'000'000;
    for (int i = 0; i < 4; ++i) {
        site.clock.set({monday.micros + i * hour});
        site.commit(
            order("M" + std::to_string(i), {.placer = "P" + std::to_string(i), .accession = "A" + std::to_string(i)}));
    }
    MessageQuery query;
    query.from = Instant{monday.micros + hour};
    query.to = Instant{monday.micros + 3 * hour};
    BOOST_TEST(found(site, query) == (Names{"M2", "M1"}), boost::test_tools::per_element());
    query.control_id = "M2";
    BOOST_TEST(found(site, query) == (Names{"M2"}), boost::test_tools::per_element());
    query.control_id = "M3";
    BOOST_TEST(found(site, query).empty());
    query.control_id = {};
    query.patient = {"100001", {}, {}};
    BOOST_TEST(found(site, query) == (Names{"M2", "M1"}), boost::test_tools::per_element());
}

STORE_TEST_CASE(an_accession_number_leads_to_what_changed_the_order_and_its_reports) {
    Site site;
    const Order a1, a2{.placer = "P2", .patient = "200002", .accession = "A2"};
    site.commit(order("M1", a1));
    site.commit(order("M2", a2));
    site.commit(changed("M3", a1, "20261123090000"));
    site.commit(rejected("M4"));
    BOOST_TEST(outcome(site.commit(result("M5", a1))) == "delivered");
    site.commit(changed("M6", a2, "20261123090000"));
    for (const std::size_t most : {1u, 50u}) {
        MessageQuery query;
        query.accession_number = "A1";
        query.most = most;
        BOOST_TEST(found(site, query) == (Names{"M5", "M3", "M1"}), boost::test_tools::per_element());
    }
    BOOST_TEST(by_accession(site, "A2") == (Names{"M6", "M2"}), boost::test_tools::per_element());
    BOOST_TEST(by_accession(site, "A3").empty());
    MessageQuery query;
    query.accession_number = "A1";
    query.type = "ORU";
    BOOST_TEST(found(site, query) == (Names{"M5"}), boost::test_tools::per_element());
    site.reopen();
    BOOST_TEST(by_accession(site, "A1") == (Names{"M5", "M3", "M1"}), boost::test_tools::per_element());
}

STORE_TEST_CASE(a_placer_number_is_found_under_its_authority_and_under_any) {
    Site site;
    site.commit(order("M1"));
    auto elsewhere = order("M2", {.patient = "200002", .accession = "A2"});
    elsewhere.effects.orders[0].placer.authority = "WARD";
    site.commit(elsewhere);
    site.commit(order("M3", {.placer = "P11", .accession = "A3"}));
    const auto search = [&](const effects::OrderNumber& number) {
        MessageQuery query;
        query.placer = number;
        return found(site, query);
    };
    BOOST_TEST(search({"P1", "HIS"}) == (Names{"M1"}), boost::test_tools::per_element());
    BOOST_TEST(search({"P1", "WARD"}) == (Names{"M2"}), boost::test_tools::per_element());
    BOOST_TEST(search({"P1", {}}) == (Names{"M2", "M1"}), boost::test_tools::per_element());
    BOOST_TEST(search({"P1", "NOBODY"}).empty());
    BOOST_TEST(search({"P", {}}).empty());
    MessageQuery query;
    query.filler = {"P1", {}};
    BOOST_TEST(found(site, query).empty());
}

STORE_TEST_CASE(filler_numbers_and_study_uids_lead_to_the_order) {
    Site site;
    site.commit(order("M1"));
    site.commit(order("M2", {.placer = "P2", .accession = "A2"}));
    const auto filler = site.one("SELECT filler_number FROM imaging_study WHERE placer_number = 'P2'");
    const auto uid = site.one("SELECT study_instance_uid FROM imaging_study WHERE placer_number = 'P2'");
    BOOST_REQUIRE(!uid.empty());
    MessageQuery query;
    query.study_instance_uid = uid;
    BOOST_TEST(found(site, query) == (Names{"M2"}), boost::test_tools::per_element());
    if (filler.empty()) return;
    query.filler = {filler, {}};
    BOOST_TEST(found(site, query) == (Names{"M2"}), boost::test_tools::per_element());
    query.accession_number = "A1";
    BOOST_TEST(found(site, query).empty());
}

STORE_TEST_CASE(a_patient_leads_to_what_changed_them_and_their_orders) {
    Site site;
    site.commit(demographics("M1", "100001", "SMITH^JOHN"));
    site.commit(order("M2"));
    site.commit(order("M3", {.placer = "P2", .patient = "200002", .accession = "A2", .name = "DOE^JANE"}));
    site.commit(demographics("M4", "100001", "SMITH^JOHN^A"));
    BOOST_TEST(by_patient(site, {"100001", {}, {}}) == (Names{"M4", "M2", "M1"}), boost::test_tools::per_element());
    BOOST_TEST(by_patient(site, {"100001", "HOSPA", {}}) == (Names{"M4", "M2", "M1"}),
               boost::test_tools::per_element());
    BOOST_TEST(by_patient(site, {"100001", "HOSPB", {}}).empty());
    MessageQuery query;
    query.patient = {"200002", {}, {}};
    query.accession_number = "A1";
    BOOST_TEST(found(site, query).empty());
    query.accession_number = "A2";
    BOOST_TEST(found(site, query) == (Names{"M3"}), boost::test_tools::per_element());
}

STORE_TEST_CASE(a_number_that_was_merged_away_leads_to_who_has_it_now) {
    Site site;
    site.commit(order("M1"));
    site.commit(order("M2", {.placer = "P2", .patient = "200002", .accession = "A2"}));
    BOOST_TEST(outcome(site.commit(unit("M3", merge("100001", "200002")))) == "delivered");
    const auto all = by_patient(site, {"100001", {}, {}});
    BOOST_TEST(all == (Names{"M3", "M2", "M1"}), boost::test_tools::per_element());
}

STORE_TEST_CASE(a_search_that_compares_many_rows_says_where_to_go_on) {
    Site site;
    site.commit(order("M1"));
    site.run(
        R"(INSERT INTO "message" ("id", "received", "committed", "channel", "peer", "sender", "control_id", "type", )"
        R"("digest", "occurrence", "duplicate_of", "revision", "outcome", "error", "error_detail", "error_place", )"
        R"("ordering_key", "reply") WITH RECURSIVE "many"("n") AS (SELECT 1 UNION ALL SELECT "n" + 1 FROM "many" )"
        R"(WHERE "n" < 60000) SELECT (SELECT max("id") FROM "message") + "n", 0, 0, 'orders', '', '', '', 'ADT^A08', )"
        R"("digest", "message"."id" + "n", 0, 0, 1, '', '', '', '', "reply" FROM "many", "message" )"
        R"(WHERE "message"."control_id" = 'M1')");
    for (const auto* channel : {"", "orders"}) {
        MessageQuery query;
        query.channel = channel;
        query.type = "ORM";
        const auto page = find(site, query);
        BOOST_TEST(page.messages.empty());
        BOOST_REQUIRE(page.next);
        BOOST_TEST(found(site, query) == (Names{"M1"}), boost::test_tools::per_element());
        query.type = {};
        query.most = 500;
        BOOST_TEST(find(site, query).messages.size() == 500u);
    }
}

STORE_TEST_CASE(one_message_in_full) {
    Site site;
    auto one = order("M1");
    one.effects.deliveries = {{"orders/archive", {}, true}, {"orders/fhir", "its own payload", false}};
    const auto done = site.commit(one);
    const auto work = site->deliveries().pending("orders/archive", {}, 1).value().at(0);
    store::Deliveries::Attempt attempt;
    attempt.delivery = work.id;
    attempt.started = monday;
    attempt.finished = {monday.micros + 5};
    attempt.state = Outcome::pending;
    attempt.next_attempt = {monday.micros + 7};
    attempt.detail = "refused";
    BOOST_REQUIRE(site->deliveries().record({&attempt, 1}).ok());

    const auto read = site->messages().message({done.outcome.message});
    BOOST_REQUIRE(read.ok());
    BOOST_REQUIRE(read->has_value());
    const auto& message = **read;
    BOOST_TEST(message.message.control_id == "M1");
    BOOST_TEST(message.content == "content of M1");
    BOOST_TEST(message.reply == done.reply);
    BOOST_TEST(message.changes.find(R"("r":"order")") != std::string::npos);
    BOOST_REQUIRE_EQUAL(message.deliveries.size(), 2u);
    const auto& [archive, raw, raw_removed, attempts, raw_damaged] = message.deliveries[0];
    BOOST_TEST(archive.destination == "orders/archive");
    BOOST_TEST(archive.as_received);
    BOOST_TEST(raw.empty());
    BOOST_TEST(!raw_removed);
    BOOST_TEST(!raw_damaged);
    BOOST_TEST(archive.attempts == 1);
    BOOST_TEST(archive.next_attempt.micros == monday.micros + 7);
    BOOST_TEST(archive.last_error == "refused");
    BOOST_REQUIRE_EQUAL(attempts.size(), 1u);
    BOOST_TEST(attempts[0].finished.micros == monday.micros + 5);
    BOOST_TEST(attempts[0].detail == "refused");
    BOOST_TEST(message.deliveries[1].payload == "its own payload");
    BOOST_TEST(message.deliveries[1].attempts.empty());
}

STORE_TEST_CASE(a_message_that_is_not_there_is_none) {
    Site site;
    const auto read = site->messages().message({12345});
    BOOST_REQUIRE(read.ok());
    BOOST_TEST(!read->has_value());
}

BOOST_AUTO_TEST_SUITE_END()
