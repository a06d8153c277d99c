#include "tests/mappings/language/shipped.hpp"

namespace gantry::mappings::testing {
namespace {

using effects::Disposition;
using effects::PatientField;
using Says = effects::FieldChange::Says;

std::string adt(const std::string& event, const std::string& rest) {
    return "MSH|^~\\&|ADT|HOSP|RIS|RAD|20261122080000||ADT^" + event + "|M1|P|2.5.1\nEVN||20261122\n" + rest;
}
const std::string pid = "PID|1||100001^^^HOSPA^MR||SMITH^JOHN||19700101|M\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(patients)

BOOST_AUTO_TEST_CASE(demographics_and_visit) {
    const auto effects = map(adt("A04", pid + "PV1|1|I|W^1^A||||||||||||||||V1"));
    BOOST_REQUIRE(effects.patient);
    BOOST_TEST(effects.patient->from_adt);
    BOOST_TEST(effects.patient->fields.value(PatientField::name) == "SMITH^JOHN");
    BOOST_TEST(effects.patient->location == "W 1 A");
    BOOST_TEST(effects.patient->admission_id == "V1");
    BOOST_TEST(effects.orders.empty());
    BOOST_TEST(!effects.patient->may_replace_person);
    const auto unknown = map(adt("A04", "PID|1||T7||UNKNOWN^MALE||||||||||||||||||||||||||Y"));
    BOOST_TEST(unknown.patient->may_replace_person);
    BOOST_TEST(unknown.patient->identifiers.front().authority == "SITE");
}

BOOST_AUTO_TEST_CASE(update_deletes_only_what_it_names) {
    const auto effects = map(adt("A08", "PID|1||1^^^H^MR||A^B||\"\"|U\nAL1|1||\"\""));
    const auto& fields = effects.patient->fields;
    BOOST_CHECK(fields[PatientField::birth_date].says == Says::clear);
    BOOST_CHECK(fields[PatientField::sex].says == Says::clear);
    BOOST_CHECK(fields[PatientField::allergies].says == Says::clear);
    BOOST_CHECK(fields[PatientField::address].says == Says::nothing);
    BOOST_TEST(map(adt("A08", "PID|1||1^^^H^MR")).patient.has_value());
    BOOST_TEST(info(map(adt("A04", "PID|1||1^^^H^MR")).error->code).name == "patient.missing_name");
}

BOOST_AUTO_TEST_CASE(visit_events_leave_demographics_alone) {
    const auto effects = map(adt("A12", pid + "PV1|1|I|W2"));
    BOOST_TEST(effects.patient->location == "W2");
    BOOST_CHECK(effects.patient->fields[PatientField::name].says == Says::nothing);
}

BOOST_AUTO_TEST_CASE(which_identifier_files_the_patient) {
    const auto first = [](const std::string& pid3, const std::vector<std::string>& preferred) {
        auto context = filler_context();
        context.preferred_authorities = preferred;
        const auto effects = map(adt("A04", "PID|1||" + pid3 + "||A^B"), context);
        const auto& one = effects.patient->identifiers.front();
        return one.authority + "|" + one.value;
    };
    const std::string all = "77^^^CLINIC~100001^^^HOSPA^MR~V9^^^HOSPA^AN";
    BOOST_TEST(first(all, {}) == "HOSPA|100001");
    BOOST_TEST(first(all, {"CLINIC"}) == "CLINIC|77");
    BOOST_TEST(first(all, {"NONE", "HOSPA"}) == "HOSPA|100001");
    BOOST_TEST(first("5^^^&1.2.3&ISO^PI", {}) == "1.2.3|5");
    BOOST_TEST(first("\"\"~8^^^X", {}) == "X|8");
    const auto effects = map(adt("A04", "PID|1||" + all + "||A^B"));
    BOOST_TEST(effects.patient->identifiers.size() == 3u);
    BOOST_TEST(map(adt("A04", "PID|1|OLD1|||A^B")).error.has_value() == false);
}

BOOST_AUTO_TEST_CASE(merges) {
    const auto effects = map(adt("A40", "PID|1||MR1^^^XYZ^MR||\"\"||\"\"\nMRG|MR2^^^XYZ^MR"));
    BOOST_REQUIRE_EQUAL(effects.merges.size(), 1u);
    BOOST_TEST(effects.merges[0].survivor.value == "MR1");
    BOOST_TEST(effects.merges[0].prior.value == "MR2");
    BOOST_CHECK(effects.patient->fields[PatientField::birth_date].says == Says::nothing);
    const auto two = map(adt("A40", "PID|1||A^^^X\nMRG|B^^^X\nPID|2||C^^^X\nMRG|||| D^^^X"));
    BOOST_REQUIRE_MESSAGE(two.merges.size() == 2, (two.error ? two.error->text() : ""));
    BOOST_TEST(two.merges[1].prior.value == "D");
    BOOST_TEST(!two.patient);
    BOOST_TEST(info(map(adt("A40", "PID|1||A^^^X\nMRG|A^^^X")).error->code).name == "patient.merge_cycle");
    BOOST_TEST(map(adt("A40", "PID|1||A^^^X")).error->place == "PID[1]");
    BOOST_TEST(map(adt("A40", "PID|1||A^^^X\nMRG|B^^^X\nPID|2||C^^^X\nMRG|")).error->place == "MRG[2]-1");
}

BOOST_AUTO_TEST_CASE(accounts_visits_and_numbers) {
    using Of = effects::PatientMerge::Of;
    const auto account = map(adt("A44", "PID|1||B^^^X|||||||||||||||ACC1\nMRG|A^^^X||ACC1"));
    BOOST_REQUIRE_EQUAL(account.merges.size(), 1u);
    BOOST_CHECK(account.merges[0].of == Of::account);
    BOOST_TEST(account.merges[0].prior.value == "A");
    BOOST_TEST(account.merges[0].prior_number == "ACC1");
    const auto stays = map(adt("A41", "PID|1||B^^^X|||||||||||||||ACC2\nMRG|A^^^X||ACC1"));
    BOOST_TEST(stays.merges.at(0).prior.value == "B");
    BOOST_TEST(stays.merges.at(0).number == "ACC2");
    const auto visits = map(adt("A45",
                                "PID|1||B^^^X\nMRG|A^^^X||||V1\nPV1|1|I|||||||||||||||||V1\n"
                                "MRG|A^^^X||||V2\nPV1|1|I|||||||||||||||||V3"));
    BOOST_REQUIRE_EQUAL(visits.merges.size(), 2u);
    BOOST_TEST(visits.merges[1].prior_number == "V2");
    BOOST_TEST(visits.merges[1].number == "V3");
    BOOST_TEST(visits.merges[1].place == "MRG[2]");
    BOOST_TEST(visits.patient.has_value());
    BOOST_TEST(map(adt("A50", "PID|1||B^^^X\nMRG|A^^^X")).error->place == "MRG[1]-5");
    const auto moved = map(adt("A43", "PID|1||B^^^X^MR~C^^^Y^MR||\nMRG|C^^^Y^MR"));
    BOOST_TEST(moved.merges.at(0).prior.value == "C");
    BOOST_TEST(moved.merges.at(0).survivor.value == "B");
    BOOST_TEST(map(adt("A43", "PID|1|B|C^^^Y^MR||\nMRG|C^^^Y^MR")).merges.at(0).survivor.value == "B");
    BOOST_TEST(map(adt("A43", "PID|1||C^^^Y^MR||\nMRG|C^^^Y^MR")).error.has_value());
    const auto changed = map(adt("A47", "PID|1||E^^^ENT^PI~N^^^Y^MR||\nMRG|C^^^Y^MR"));
    BOOST_TEST(changed.merges.at(0).survivor.value == "N");
    BOOST_TEST(map(adt("A11", pid + "PV1|1|I|\"\"||||||||||||||||V1")).patient->location_deleted);
}

BOOST_AUTO_TEST_CASE(unused_events_are_accepted_without_effect) {
    const auto effects = map(adt("A24", pid));
    BOOST_CHECK(effects.disposition == Disposition::apply);
    BOOST_TEST(!effects.patient);
    BOOST_TEST(effects.ignored.front() == "ADT^A24 is not used here");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::mappings::testing
