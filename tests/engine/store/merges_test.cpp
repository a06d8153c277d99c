// Merges and their undo on a database, and what deliveries wait for because of them. What a merge means clinically:
// tests/scenario/adt-table.
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;
using effects::PatientMerge;

namespace {

effects::Effects undo(const std::string& prior) {
    effects::Effects out;
    out.merges.push_back({identifier(prior), {}, PatientMerge::Of::undo});
    return out;
}

store::Unit delivering(const std::string& control_id, effects::Effects effects) {
    effects.deliveries.push_back({"orders/archive", {}, true});
    return unit(control_id, std::move(effects));
}

store::Unit order_for(const std::string& control_id, const std::string& patient, const std::string& name) {
    Order what;
    what.placer = "P" + control_id;
    what.accession = "A" + control_id;
    what.patient = patient;
    what.name = name;
    return delivering(control_id, effects_of(what));
}

// The lanes of each delivery, by control id.
std::map<std::string, std::vector<std::string>> lanes(Site& site) {
    const auto pending = site->deliveries().pending("orders/archive", {}, 100);
    BOOST_REQUIRE(pending.ok());
    std::map<std::string, std::vector<std::string>> out;
    for (const auto& work : *pending) {
        auto& mine = out[work.control_id];
        for (std::size_t at = 0; at <= work.lane.size();) {
            const auto end = std::min(work.lane.find(effects::key_separator, at), work.lane.size());
            mine.push_back(work.lane.substr(at, end - at));
            at = end + 1;
        }
    }
    return out;
}

// Whose orders there are: "100001: A1 A2".
std::string owners(Site& site) {
    std::string out;
    for (const auto& row : site.rows(R"(SELECT i."value", o."accession_number" FROM "imaging_study" o JOIN )"
                                     R"("patient_identifier" i ON i."patient" = o."patient" ORDER BY 1, 2)"))
        out += (out.empty() ? "" : " ") + row[0] + ":" + row[1];
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_merges)

STORE_TEST_CASE(a_patient_keeps_one_lane_under_all_its_numbers) {
    Site site;
    auto both = effects_of({});
    both.patient->identifiers.push_back(identifier("other"));
    site.commit(delivering("M1", both));
    site.commit(order_for("M2", "100001", "SMITH^JOHN"));
    site.commit(order_for("M3", "other", "SMITH^JOHN"));
    site.commit(order_for("M4", "100002", "ROE^JILL"));
    const auto found = lanes(site);
    BOOST_TEST(found.at("M1") == found.at("M2"), boost::test_tools::per_element());
    BOOST_TEST(found.at("M1") == found.at("M3"), boost::test_tools::per_element());
    BOOST_TEST(found.at("M1").front() != found.at("M4").front());
}

STORE_TEST_CASE(a_merge_has_the_lanes_of_both_patients_and_what_follows_has_the_survivors) {
    Site site;
    site.commit(order_for("M1", "prior", "ROE^JILL"));
    site.commit(order_for("M2", "survivor", "DOE^JANE"));
    site.commit(delivering("M3", merge("prior", "survivor")));
    site.commit(order_for("M4", "prior", "DOE^JANE"));
    const auto found = lanes(site);
    const auto prior = found.at("M1").front(), survivor = found.at("M2").front();
    BOOST_TEST((found.at("M3") == std::vector{survivor, prior}));
    BOOST_TEST((found.at("M4") == std::vector{survivor}));
}

STORE_TEST_CASE(a_move_has_the_lanes_of_both_patients) {
    for (const auto of : {PatientMerge::Of::visit, PatientMerge::Of::account, PatientMerge::Of::identifier}) {
        Site site;
        auto first = order_for("M1", "from", "ROE^JILL");
        first.effects.patient->identifiers.push_back(identifier("second"));
        site.commit(std::move(first));
        site.commit(order_for("M2", "to", "DOE^JANE"));
        effects::Effects move;
        move.merges.push_back({identifier("from"), identifier("to"), of, "V1", "V1"});
        site.commit(delivering("M3", std::move(move)));
        const auto found = lanes(site);
        BOOST_TEST((found.at("M3") == std::vector{found.at("M2").front(), found.at("M1").front()}));
    }
}

STORE_TEST_CASE(without_a_patient_the_units_own_key_is_the_lane_and_without_one_the_peer) {
    Site site;
    effects::Effects keyed;
    keyed.ordering_key = "A1";
    site.commit(delivering("M1", std::move(keyed)));
    site.commit(delivering("M2", {}));
    const auto found = lanes(site);
    BOOST_TEST(found.at("M1").front() == "A1");
    BOOST_TEST(found.at("M2").front() == "peer 127.0.0.1:40000");
}

STORE_TEST_CASE(a_key_that_the_channel_chose_is_the_only_lane) {
    Site site;
    auto chosen = order_for("M1", "prior", "ROE^JILL");
    chosen.effects.ordering_key = "A1";
    chosen.effects.ordered_by_key = true;
    site.commit(std::move(chosen));
    BOOST_TEST((lanes(site).at("M1") == std::vector<std::string>{"A1"}));
}

STORE_TEST_CASE(an_undone_merge_gives_back_what_it_took_and_what_came_under_the_old_number_since) {
    Site site;
    site.commit(order_for("M1", "prior", "ROE^JILL"));
    site.commit(order_for("M2", "survivor", "DOE^JANE"));
    site.commit(unit("M3", merge("prior", "survivor")));
    site.commit(order_for("M4", "prior", "DOE^JANE"));
    site.commit(order_for("M5", "survivor", "DOE^JANE"));
    BOOST_TEST(owners(site) == "survivor:AM1 survivor:AM2 survivor:AM4 survivor:AM5");
    site.reopen();
    const auto done = site.commit(unit("M6", undo("prior")));
    BOOST_TEST(outcome(done) == "delivered");
    BOOST_TEST(owners(site) == "prior:AM1 prior:AM4 survivor:AM2 survivor:AM5");
    // The change log has who went where, and why.
    const auto patches = site.latest(1).front().patches;
    BOOST_TEST(patches.find(R"("merged_into":[)") != std::string::npos);
    BOOST_TEST(patches.find(R"(,"undo"])") != std::string::npos);
}

STORE_TEST_CASE(a_merge_and_its_undo_of_one_batch_change_nothing) {
    Site site;
    site.commit(order_for("M1", "prior", "ROE^JILL"));
    site.commit(order_for("M2", "survivor", "DOE^JANE"));
    std::vector<store::Unit> batch;
    batch.push_back(unit("M3", merge("prior", "survivor")));
    batch.push_back(unit("M4", undo("prior")));
    site.commit(std::move(batch));
    BOOST_TEST(owners(site) == "prior:AM1 survivor:AM2");
}

// As `gantry patient unmerge` does it.
STORE_TEST_CASE(a_merge_is_undone_by_another_process_beside_a_running_engine) {
    Site site;
    site.commit(order_for("M1", "prior", "ROE^JILL"));
    site.commit(order_for("M2", "survivor", "DOE^JANE"));
    site.commit(unit("M3", merge("prior", "survivor")));
    store::StoreOptions options;
    options.url = site.place().url();
    options.node = 255;
    options.committers = 1;
    auto beside = store::open(options, site.place().directory(), site.clock, events::nowhere());
    BOOST_REQUIRE(beside.ok());
    auto taken_back = unit("M4", undo("prior"));
    BOOST_TEST(outcome((*beside)->intake().commit({&taken_back, 1}).front()) == "delivered");
    // The engine sees it with its next message, and neither has handed out an id of the other's.
    BOOST_TEST(outcome(site.commit(order_for("M5", "prior", "ROE^JILL"))) == "pending");
    BOOST_TEST(owners(site) == "prior:AM1 prior:AM5 survivor:AM2");
}

BOOST_AUTO_TEST_SUITE_END()
