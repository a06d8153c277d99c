#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/engine/store/connections.hpp"
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;
using effects::OrderAction;
using effects::OrderField;
using effects::WorklistQuery;

namespace {

using Names = std::vector<std::string>;

Order made(const std::string& name, const std::string& date, const std::string& time, const std::string& modality,
           const std::string& also = {}) {
    Order out;
    out.placer = "P-" + name;
    out.patient = "N-" + name;
    out.accession = name;
    out.date = date;
    out.time = time;
    out.modality = modality;
    out.also_modalities = also;
    return out;
}

void check(Site& site, const WorklistQuery& query, const Names& expected) {
    BOOST_TEST(site.accessions(query) == expected, boost::test_tools::per_element());
}

void fill(Site& site) {
    site.commit({order("1", made("CT-LATE", "20261123", "1500", "CT")),
                 order("2", made("MR-TUESDAY", "20261124", "0800", "MR")), order("3", made("UNTIMED", "", "", "CT")),
                 order("4", made("CT-EARLY", "20261123", "0800", "CT")),
                 order("5", made("PT", "20261123", "0900", "PT", "CT")),
                 order("6", made("CT-SUNDAY", "20261122", "0900", "CT"))});
}

WorklistQuery dates(const std::string& from, const std::string& to) {
    WorklistQuery out;
    out.date_from = from;
    out.date_to = to;
    out.today = monday_date;
    return out;
}

store::Unit later(const std::string& control_id, Order what, OrderAction action) {
    what.action = action;
    what.event_time = "20261123090000";
    return order(control_id, what);
}

// How SQLite runs the queries that were traced, one line each.
std::vector<std::string> plans(Site& site, const std::vector<std::string>& statements) {
    std::vector<std::string> out;
    for (const auto& sql : statements) {
        if (!sql.starts_with("SELECT")) continue;
        auto& plan = out.emplace_back();
        for (const auto& row : site.rows("EXPLAIN QUERY PLAN " + sql)) plan += row.back() + "; ";
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_worklist_view)

STORE_TEST_CASE(rows_come_in_the_order_they_are_shown) {
    Site site;
    fill(site);
    check(site, {}, {"UNTIMED", "CT-SUNDAY", "CT-EARLY", "PT", "CT-LATE", "MR-TUESDAY"});
}

STORE_TEST_CASE(dates_narrow_and_a_step_without_one_is_of_today) {
    Site site;
    fill(site);
    check(site, dates("20261123", "20261123"), {"UNTIMED", "CT-EARLY", "PT", "CT-LATE"});
    check(site, dates("20261124", ""), {"MR-TUESDAY"});
    check(site, dates("", "20261122"), {"CT-SUNDAY"});
    check(site, dates("", "20261123"), {"UNTIMED", "CT-SUNDAY", "CT-EARLY", "PT", "CT-LATE"});
    check(site, dates("20261122", "20261124"), {"UNTIMED", "CT-SUNDAY", "CT-EARLY", "PT", "CT-LATE", "MR-TUESDAY"});
    auto tomorrow = dates("20261124", "20261124");
    tomorrow.today = "20261124";
    check(site, tomorrow, {"UNTIMED", "MR-TUESDAY"});
    BOOST_TEST(site.worklist(tomorrow).front().shown_date == "20261124");
}

STORE_TEST_CASE(modality_and_numbers_narrow_but_never_lose_a_match) {
    Site site;
    fill(site);
    WorklistQuery mr, ct, number, wildcard, uid;
    mr.modalities = {"MR"};
    ct.modalities = {"CT"};
    number.accession_number = "PT";
    wildcard.accession_number = "CT-*";
    // A step that answers to further modalities stays a candidate; the catalogue matches exactly.
    check(site, mr, {"PT", "MR-TUESDAY"});
    check(site, ct, {"UNTIMED", "CT-SUNDAY", "CT-EARLY", "PT", "CT-LATE"});
    check(site, number, {"PT"});
    BOOST_TEST(site.accessions(wildcard).size() == 6u);
    uid.study_instance_uids = {"1.2.3", site.worklist(number).at(0).order_fields[OrderField::study_instance_uid]};
    check(site, uid, {"PT"});
    number.accession_number = "' OR 1=1 --";
    check(site, number, {});
}

STORE_TEST_CASE(stations_narrow_but_never_lose_a_match) {
    Site site;
    const auto at = [&](const std::string& name, const std::string& stations) {
        auto unit = order(name, made(name, "20261123", "0900", "CT"));
        auto& step = unit.effects.orders.front().steps.front();
        if (!stations.empty()) step.fields.set(effects::StepField::station_ae, stations, "ORC-18");
        return unit;
    };
    site.commit(
        {at("ONE", "CT01"), at("OTHER", "CT02"), at("BOTH", "CT02\\CT01"), at("ANY", "CT_ANY\\*"), at("NONE", "")});
    auto query = dates("20261123", "20261123");
    query.modalities = {"CT"};
    query.station_ae = "CT01";
    check(site, query, {"ONE", "BOTH", "ANY", "NONE"});
    for (const auto* all : {"CT*", "CT01\\CT02", ""}) {
        query.station_ae = all;
        BOOST_TEST(site.accessions(query).size() == 5u, all);
    }
}

STORE_TEST_CASE(a_patient_number_narrows_to_the_orders_of_that_patient) {
    Site site;
    fill(site);
    auto query = dates("20261122", "20261124");
    query.patient_id = "N-CT-EARLY";
    check(site, query, {"CT-EARLY"});
    query.accession_number = "CT-LATE";
    check(site, query, {});
    query.patient_id = "nobody";
    query.accession_number.clear();
    check(site, query, {});
    query.patient_id = "N-CT*";
    BOOST_TEST(site.accessions(query).size() == 6u);
}

STORE_TEST_CASE(only_open_steps_of_orders_not_held_are_shown_unless_a_status_is_asked_for) {
    Site site;
    fill(site);
    const auto held = made("CT-LATE", "20261123", "1500", "CT"), gone = made("PT", "20261123", "0900", "PT", "CT");
    site.commit({later("7", held, OrderAction::hold), later("8", gone, OrderAction::cancel),
                 later("9", made("CT-EARLY", "20261123", "0800", "CT"), OrderAction::start)});
    check(site, dates("20261123", "20261123"), {"UNTIMED"});
    WorklistQuery canceled, several;
    canceled.statuses = {"CANCELED"};
    several.statuses = {"CANCELED", "STARTED"};
    check(site, canceled, {"PT"});
    check(site, several, {"CT-EARLY", "PT"});
    auto released = later("10", held, OrderAction::release);
    site.commit(released);
    check(site, dates("20261123", "20261123"), {"UNTIMED", "CT-LATE"});
}

STORE_TEST_CASE(rows_are_read_in_the_order_asked_and_what_is_gone_is_left_out) {
    Site site;
    fill(site);
    auto steps = site->worklist().candidates({}).value();
    std::reverse(steps.begin(), steps.end());
    steps.insert(steps.begin() + 1, StepId{42});
    const auto rows = site->worklist().rows(steps, monday_date).value();
    BOOST_REQUIRE_EQUAL(rows.size(), 6u);
    BOOST_TEST(rows.front().order_fields[OrderField::accession_number] == "MR-TUESDAY");
    BOOST_TEST(rows.back().order_fields[OrderField::accession_number] == "UNTIMED");
    BOOST_TEST(site->worklist().rows({}, monday_date).value().empty());
}

STORE_TEST_CASE(orders_of_a_merged_patient_show_the_survivor) {
    Site site;
    auto prior = made("A1", "20261123", "0800", "CT");
    prior.name = "SMYTH^J";
    site.commit({order("1", prior), order("2", made("A2", "20261123", "0900", "CT"))});
    site.commit(unit("3", merge("N-A1", "N-A2")));
    const auto rows = site.worklist();
    BOOST_REQUIRE_EQUAL(rows.size(), 2u);
    for (const auto& row : rows) {
        BOOST_TEST(row.patient_fields[effects::PatientField::name] == "SMITH^JOHN");
        BOOST_REQUIRE_EQUAL(row.identifiers.size(), 1u);
        BOOST_CHECK(row.identifiers[0] == identifier("N-A2"));
    }
}

// More at once than there are connections waiting, so that some are opened in the meantime.
BOOST_AUTO_TEST_CASE(many_ask_while_something_is_written) {
    Site site;
    std::vector<store::Unit> orders;
    for (int i = 0; i < 500; ++i)
        orders.push_back(order(std::to_string(i), made("A" + std::to_string(i), "20261123", "0900", "CT")));
    site.commit(std::move(orders));
    const Onlooker writer(site.file());
    writer.run("BEGIN IMMEDIATE");
    std::atomic<int> answered{0};
    std::vector<std::thread> modalities;
    for (int i = 0; i < 32; ++i)
        modalities.emplace_back([&] {
            for (int n = 0; n < 10; ++n) answered += site->worklist().candidates({}).ok() ? 1 : 0;
        });
    for (auto& modality : modalities) modality.join();
    writer.run("ROLLBACK");
    BOOST_TEST(answered == 320);
}

BOOST_AUTO_TEST_CASE(everyday_queries_are_answered_from_an_index) {
    Connections connections;
    Site site;
    fill(site);
    site.worklist();  // opens the reader's connection
    auto& statements = connections.trace();
    auto scanner = dates("20261123", "20261123");
    scanner.modalities = {"CT"};
    scanner.station_ae = "CT01";
    auto week = dates("20261122", "20261130");
    week.modalities = {"CT"};
    auto number = week, uid = week, patient = week;
    number.accession_number = "PT";
    uid.study_instance_uids = {site.worklist().front().order_fields[OrderField::study_instance_uid]};
    patient.patient_id = "N-PT";
    const std::string single_days = "step_worklist (start_date=?)", range = "step_worklist (start_date",
                      own_modality = "step_worklist (start_date=? AND modality=?)", also = "step_also (start_date=?)",
                      of_order = "step_study (study=?)";
    const std::pair<WorklistQuery, std::vector<std::string>> rows[] = {
        {dates("20261123", "20261123"), {single_days}},
        {dates("20261122", "20261124"), {single_days}},
        {dates("20261122", "20271124"), {range, range}},
        {dates("", "20261122"), {range}},
        {dates("", "20261123"), {range}},
        {dates("20261124", ""), {range}},
        {scanner, {own_modality, also}},
        {week, {own_modality, also}},
        {number, {"imaging_study_accession (accession_number=?)", of_order}},
        {uid, {"imaging_study_uid (study_instance_uid=?)", of_order}},
        {patient, {"patient_identifier_value (value=?)", "imaging_study_patient (patient=?)", of_order}},
    };
    for (const auto& [query, indexes] : rows) {
        statements.clear();
        BOOST_REQUIRE(site->worklist().candidates(query).ok());
        const auto used = plans(site, statements);
        BOOST_REQUIRE_EQUAL(used.size(), indexes.size());
        for (std::size_t i = 0; i < used.size(); ++i) {
            BOOST_TEST_CONTEXT(used[i]) {
                BOOST_TEST(used[i].find(indexes[i]) != std::string::npos);
                BOOST_TEST(used[i].find("SCAN") == std::string::npos);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
