// "Why does it say that?": every value of every record names the field of the message it came from, or how it was made.
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <set>

#include "engine/json/value.hpp"
#include "engine/main/case_file.hpp"
#include "engine/main/trial.hpp"
#include "engine/main/unmerge.hpp"

using namespace gantry;
namespace fs = std::filesystem;

namespace {

const fs::path source_tree = GANTRY_SOURCE_DIR;

struct Sources {
    Sources() : configuration(load_configuration(source_tree / "conf")), zone("Europe/Berlin") {
        auto opened = Trial::open(*configuration, Instant{1'795'424'400'000'000}, &zone);
        BOOST_REQUIRE(opened.ok());
        trial = std::move(*opened);
    }

    void feed(const std::vector<std::string>& segments) {
        std::string bytes;
        for (const auto& segment : segments) bytes += segment + "\r";
        (void)trial->feed(*configuration->channel("his-orders"), std::move(bytes));
        note();
    }

    void unmerge(const std::string& prior) {
        const effects::OrderPolicy policy;
        (void)trial->apply(unmerge_unit({prior, "a test", {}}, policy, trial->now()));
        note();
    }

    // The sources of the newest unit, by record and field: "order.status".
    void note() {
        last.clear();
        const auto newest = trial->store().ledger().latest(1);
        BOOST_REQUIRE(newest.ok() && newest->size() == 1);
        if (newest->front().patches.empty()) return;
        const auto patches = json::parse(newest->front().patches);
        BOOST_REQUIRE(patches.ok());
        for (const auto& patch : patches->items()) {
            for (const auto& field : patch.find("f")->members()) {
                const auto& value = field.value;
                last[patch.find("r")->string() + "." + field.key] =
                    value.is_array() ? value.items().back().string() : value.string();
            }
        }
    }

    std::unique_ptr<Configuration> configuration;
    Zone zone;
    std::unique_ptr<Trial> trial;
    std::map<std::string, std::string> last;
};

const std::string pid = "PID|1||100001^^^HOSPA^MR||Doe^Jane||19800406|F";

std::string header(const std::string& type, const std::string& id, const std::string& minute) {
    return "MSH|^~\\&|HIS|HOSP|GANTRY|RAD|2026112308" + minute + "00||" + type + "|" + id + "|P|2.5.1";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(provenance, Sources)

BOOST_AUTO_TEST_CASE(what_was_sent_and_what_was_made_of_it) {
    feed({header("ORM^O01", "M1", "00"), pid, "ORC|NW|P1^HIS|||SC||^^^202611231000||20261123080000",
          "OBR|1|P1^HIS||CTHEAD^CT head^LOCAL||||||||||||||A1"});
    const std::map<std::string, std::string> expected{
        {"patient.name", "PID-5"},
        {"patient.sex", "PID-8 (table sex)"},
        {"patient.identifiers", "PID-3"},
        {"order.placer_number", "ORC-2"},
        {"order.accession_number", "OBR-18"},
        {"order.procedure_scheme", "OBR-4.3 (table coding_scheme)"},
        {"order.modality", "OBR-4.1 (table procedure)"},
        {"order.study_type", "modality (table study_type)"},
        {"order.study_instance_uid", "generated"},
        {"order.filler_number", "generated"},
        {"order.requested_procedure_id", "generated"},
        {"order.urgency", "default"},
        {"order.ordered_date", "ORC-9"},
        {"order.status", "rule"},
        {"step.start_date", "ORC-7.4"},
        {"step.step_id", "generated"},
        {"step.station_ae", "modality (table station)"},
        {"step.status", "rule"},
    };
    for (const auto& [field, source] : expected)
        BOOST_TEST(last[field] == source, field << ": \"" << last[field] << "\", not \"" << source << "\"");
}

BOOST_AUTO_TEST_CASE(what_a_merge_and_its_undo_did) {
    feed({header("ADT^A04", "M1", "00"), "EVN||20261123080000", "PID|1||MR1^^^XYZ^MR||Doe^Jane", "PV1|1|I"});
    feed({header("ORM^O01", "M2", "01"), "PID|1||MR2^^^XYZ^MR||Roe^Jill", "ORC|NW|P1^HIS|||SC||^^^202611231000",
          "OBR|1|P1^HIS||CTHEAD^CT head^LOCAL||||||||||||||A1"});
    feed({header("ADT^A40", "M3", "02"), "EVN||20261123080200", "PID|1||MR1^^^XYZ^MR||Doe^Jane", "MRG|MR2^^^XYZ^MR"});
    BOOST_TEST(last["patient.merged_into"] == "MRG-1");
    BOOST_TEST(last["order.patient"] == "MRG-1");
    unmerge("MR2^^^XYZ^MR");
    BOOST_TEST(last["patient.merged_into"] == "undo");
    BOOST_TEST(last["order.patient"] == "undo");
}

// What the state of an order makes of a message is nobody's field; anything else that says "rule" has lost its source.
BOOST_AUTO_TEST_CASE(no_value_of_any_case_file_is_without_its_source) {
    const std::set<std::string> of_the_state{"order.status",         "order.hold",           "order.warnings",
                                             "order.moved_from",     "order.replaces",       "step.status",
                                             "order.scheduled_date", "order.medical_alerts", "step.modality"};
    std::size_t values = 0;
    for (const auto& entry : fs::recursive_directory_iterator(source_tree / "tests" / "scenario")) {
        if (entry.path().extension() != ".json") continue;
        std::ifstream in(entry.path());
        json::Diagnostics problems(entry.path().string());
        const auto one = read_case(entry.path().string(), {std::istreambuf_iterator<char>(in), {}}, problems);
        BOOST_REQUIRE(one);
        Sources here;
        for (const auto* messages : {&one->given, &one->inputs}) {
            for (const auto& message : *messages) {
                if (message.unmerge.empty())
                    here.feed(message.lines);
                else
                    here.unmerge(message.unmerge);
                for (const auto& [field, source] : here.last) {
                    ++values;
                    BOOST_TEST(!source.empty(), entry.path().filename().string() << ": " << field);
                    BOOST_TEST((source != "rule" || of_the_state.contains(field)),
                               entry.path().filename().string() << ": nobody says where " << field << " came from");
                }
            }
        }
    }
    BOOST_TEST(values > 1000u);
}

BOOST_AUTO_TEST_SUITE_END()
