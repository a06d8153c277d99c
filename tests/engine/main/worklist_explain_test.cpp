#include "engine/main/worklist_explain.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>

#include "engine/json/value.hpp"
#include "engine/main/trial.hpp"
#include "tests/engine/store/temporary_directory.hpp"

using namespace gantry;

namespace {

struct Explaining {
    Explaining() : configuration(load_configuration(std::filesystem::path(GANTRY_SOURCE_DIR) / "conf")) {
        configuration->zone = std::make_unique<Zone>("UTC");
        options.data = directory.path();
        options.ae = "CT01";
    }

    // One order at CT01, today unless said otherwise.
    void order(const std::string& n, const std::string& station = "CT01", const std::string& start = "202611230930",
               const std::string& control = "NW", const std::string& status = "SC") {
        feed("ORM^O01", n + control,
             "ORC|" + control + "|P" + n + "^HIS|||" + status + "||^^^" + start + "^^R||20261123080000|||||||||" +
                 station + "\rOBR|1|P" + n + "^HIS||CTABD^CT ABDOMEN^LOCAL||||||||||||||A" + n + "||||||CT\r",
             n);
    }
    void feed(const std::string& type, const std::string& id, const std::string& segments, const std::string& n) {
        const auto store = store::open(configuration->store_options(), directory.path(), clock, events::nowhere());
        BOOST_REQUIRE(store.ok());
        const auto mapper = make_mapper(*configuration->channel("his-orders"), *configuration->zone, 1);
        store::Unit unit =
            mapper->interpret({"MSH|^~\\&|HIS|H|G|R|20261123080000||" + type + "|" + id + "|P|2.5.1\rPID|1||" + n +
                                   "^^^HOSP^MR||SAMPLE^ADA||19610417|F\r" + segments,
                               "test",
                               clock.now(),
                               {}});
        const auto done = (*store)->intake().commit({&unit, 1});
        BOOST_REQUIRE_MESSAGE(done.front().reply.find("MSA|AA") != std::string::npos, done.front().reply);
    }

    int run(const std::string& accession) {
        options.accession = accession;
        out.str({});
        err.str({});
        return run_worklist_explain(*configuration, options, clock, out, err);
    }
    bool says(const std::string& text) const { return out.str().find(text) != std::string::npos; }

    const store::testing::TemporaryDirectory directory;
    const FixedClock clock{Instant{1'795'424'400'000'000}};  // 2026-11-23T09:00:00Z
    std::unique_ptr<Configuration> configuration;
    ExplainOptions options;
    std::ostringstream out, err;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(worklist_explain, Explaining)

BOOST_AUTO_TEST_CASE(an_entry_that_is_answered_has_its_place) {
    order("1");
    order("2", "CT01", "202611230800");
    BOOST_TEST(run("A1") == 0, err.str());
    BOOST_TEST(says("query of CT01, let in from this machine only:"), out.str());
    BOOST_TEST(says("(0040,0100)[0].(0040,0001) ScheduledStationAETitle \"CT01\""), out.str());
    BOOST_TEST(says("answered: number 2 of 2"), out.str());
}

BOOST_AUTO_TEST_CASE(the_first_key_that_differs_is_named_with_both_values) {
    order("1", "MR01");
    BOOST_TEST(run("A1") == 1);
    BOOST_TEST(says("not answered: the query asks for ScheduledStationAETitle \"CT01\", the entry has \"MR01\""),
               out.str());
    options.keys = {"(0040,0100)[0].0008,0060=MR", "PatientName=SMITH*"};
    BOOST_TEST(run("A1") == 1);
    BOOST_TEST(says("asks for Modality \"MR\", the entry has \"CT\""), out.str());
    options.keys = {"PatientName=SMITH*"};
    BOOST_TEST(run("A1") == 1);
    BOOST_TEST(says("asks for PatientName \"SMITH*\", the entry has \"SAMPLE^ADA\""), out.str());
    options.keys = {"PatientName=sample*"};
    BOOST_TEST(run("A1") == 0);
}

BOOST_AUTO_TEST_CASE(the_rules_that_hide_are_named) {
    order("1", "CT01", "202612240930");
    BOOST_TEST(run("A1") == 1);
    BOOST_TEST(says("it is on 20261224; a query without a date is answered from 1 days before to 7 days after today"),
               out.str());
    order("2");
    order("2", "CT01", "202611230930", "HD");
    BOOST_TEST(run("A2") == 1);
    BOOST_TEST(says("not answered: the order is on hold"), out.str());
    order("3");
    order("3", "CT01", "202611230930", "CA");
    BOOST_TEST(run("A3") == 1);
    BOOST_TEST(says("not answered: it is CANCELED, and the query does not ask for a status"), out.str());
    options.keys = {"(0040,0100)[0].0040,0020=CANCELED"};
    BOOST_TEST(run("A3") == 0);
}

BOOST_AUTO_TEST_CASE(a_step_whose_appointment_is_gone) {
    order("1");
    feed("SIU^S15", "S1", "SCH|S1|||||||||||||||||||||||||P1^HIS\r", "1");
    BOOST_TEST(run("A1") == 1);
    BOOST_TEST(says("not answered: its appointment is gone"), out.str());
}

BOOST_AUTO_TEST_CASE(how_the_calling_ae_is_treated_counts) {
    order("1", "CT01", "202611230800");
    order("2");
    dicom::CallingAe first;
    first.ae_title = "CT01";
    first.cap = 1;
    configuration->options.dicom.calling_aes = {first};
    BOOST_TEST(run("A2") == 1);
    BOOST_TEST(says("not answered: number 2 of 2, and this AE gets 1"), out.str());
    options.ae = "CT02";
    BOOST_TEST(run("A2") == 1);
    BOOST_TEST(says("its association is rejected"), out.str());
}

BOOST_AUTO_TEST_CASE(for_machines) {
    order("1", "MR01");
    options.json = true;
    BOOST_TEST(run("A1") == 1);
    const auto report = json::parse(out.str());
    BOOST_REQUIRE(report.ok());
    BOOST_TEST(says("\"because\": \"ScheduledStationAETitle\""), out.str());
    BOOST_TEST(says("\"answered\": false"), out.str());
}

BOOST_AUTO_TEST_CASE(what_is_not_there) {
    BOOST_TEST(run("A1") == 74);
    BOOST_TEST(err.str().find("--data") != std::string::npos, err.str());
    BOOST_TEST(!std::filesystem::exists(directory.path() / "gantry.db"));
    order("1");
    BOOST_TEST(run("A9") == 1);
    BOOST_TEST(says("no order has a step and the accession number A9"), out.str());
    options.keys = {"no such key"};
    BOOST_TEST(run("A1") == 2);
    options.keys = {"(0040,0100)[0].0040,0002=someday"};
    BOOST_TEST(run("A1") == 2);
    BOOST_TEST(err.str().find("(0040,0002): not a date or range of dates") != std::string::npos, err.str());
}

BOOST_AUTO_TEST_SUITE_END()
