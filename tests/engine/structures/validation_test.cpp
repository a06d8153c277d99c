#include "engine/structures/validation.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/structures/value_format.hpp"

using namespace gantry;
using namespace gantry::structures;

namespace {

hl7::Message message_of(const std::string& text) {
    auto parsed = hl7::Message::parse(text);
    BOOST_REQUIRE_MESSAGE(parsed.ok(), text);
    return std::move(parsed).value();
}

const std::string header = "MSH|^~\\&|HIS|SAMPLE HOSPITAL|GANTRY|RADIOLOGY|20261122080000||";
const std::string patient = "PID|1||S1000042^^^SAMPLE^MR||SAMPLE^ADA||19610417|F\r";

// "100E OBR[1]: OBR is missing in …" of every problem.
std::vector<std::string> problems(const std::string& text, std::size_t limit = 20) {
    std::vector<std::string> out;
    for (const auto& problem : validate(message_of(text), {limit}))
        out.push_back(std::to_string(problem.condition) + (problem.error ? "E " : "W ") + problem.location.text() +
                      ": " + problem.text);
    return out;
}
std::string first(const std::string& text) {
    const auto all = problems(text);
    return all.empty() ? "valid"
                       : all.front() + (all.size() > 1 ? " and " + std::to_string(all.size() - 1) + " more" : "");
}

std::string order(const std::string& segments, const std::string& version = "2.3.1") {
    return first(header + "ORM^O01|O77|P|" + version + "\r" + segments);
}
// The PID of a valid order, changed.
std::string with_patient(const std::string& pid, const std::string& version = "2.5.1") {
    return order(pid + "\rORC|NW|P77^HIS\r", version);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(strict_validation)

BOOST_AUTO_TEST_CASE(a_valid_order) {
    BOOST_TEST(order(patient + "PV1|1|I\rORC|NW|P77^HIS|F77^GANTRY||SC||^^^202611230930^^R\r"
                               "OBR|1|P77^HIS|F77^GANTRY|CTABD^CT ABDOMEN^L\rZDS|1.2.3\r") == "valid");
}

BOOST_AUTO_TEST_CASE(segments_in_the_wrong_order_or_number) {
    BOOST_TEST(order(patient) == "100E ORC: ORDER, a group, is missing in ORM_O01");
    BOOST_TEST(order(patient + "OBR|1|P77||X^Y^L\r") == "100E ORC: ORC is missing in ORDER");
    BOOST_TEST(order(patient + "ORC|NW|P77\rNK1|1\r") == "100E NK1: no part of ORM_O01");
    BOOST_TEST(order(patient + "ORC|NW|P77\rBLG|\rPV1|1|I\r") == "100E PV1: not at its place in ORM_O01");
    BOOST_TEST(order(patient + "ORC|NW|P77\rSCH|1\r").substr(0, 32) == "100E SCH: no part of ORM_O01 and");
    BOOST_TEST(order(patient + "ORC|NW|P77\rOBR|1|P77||X^Y^L\rOBR|2|P77||X^Y^L\r") ==
               "100E OBR[2]: ORDER_DETAIL is there more often than ORM_O01 allows");
    BOOST_TEST(order("PV1|1|I\rORC|NW|P77\r") == "100E PID: PID is missing in PATIENT");
    // A choice is asked for as such.
    BOOST_TEST(order(patient + "ORC|NW|P77\rOBX|1|ST|A^B||x||||||F\r") ==
               "100E OBR: OBR or RQD or RQ1 or RXO or ODS or ODT is missing in ORDER_DETAIL");
}

BOOST_AUTO_TEST_CASE(a_group_that_may_be_empty_is_not_missing) {
    const auto result = header + "ORU^R01|1|P|2.3.1\r" + patient + "OBR|1|P77||X^Y^L\r";
    BOOST_TEST(first(result) == "valid");
    BOOST_TEST(first(result + "CTI|S1\r") == "valid");
    BOOST_TEST(first(header + "ORU^R01|1|P|2.3.1\r" + patient) ==
               "100E OBR: ORDER_OBSERVATION, a group, is missing in PATIENT_RESULT");
}

BOOST_AUTO_TEST_CASE(message_types) {
    BOOST_TEST(first(header + "XYZ^O01|1|P|2.5.1\r") == "200E MSH-9.1: no such message type in 2.5.1");
    BOOST_TEST(first(header + "ORM^X99|1|P|2.5.1\r") == "201E MSH-9.2: this message type has no such event in 2.5.1");
    BOOST_TEST(first(header + "OMI^O23|1|P|2.3.1\r" + patient + "ORC|NW\rOBR|1|1||X^Y^L\rIPC|1|2|3|4\r") ==
               "201E MSH-9: OMI_O23 is a message of 2.5, not of 2.3.1");
}

BOOST_AUTO_TEST_CASE(required_fields) {
    BOOST_TEST(with_patient("PID|1||S1^^^A^MR") == "101E PID-5: Patient Name is required in 2.5.1");
    BOOST_TEST(with_patient("PID|1||S1^^^A^MR||\"\"") == "valid");
    BOOST_TEST(with_patient("PID|1||^^^A^MR||SAMPLE^ADA") == "101E PID-3.1: ID Number of CX is required in 2.5.1");
    BOOST_TEST(with_patient("PID|1||S1^^^A||SAMPLE^ADA", "2.5.1") == "valid");
    BOOST_TEST(with_patient("PID|||^^^A^MR~S1", "2.2") == "101E PID-5: Patient Name is required in 2.2");
}

BOOST_AUTO_TEST_CASE(values_of_a_type) {
    const auto with_birth = [](const char* value) {
        return with_patient(std::string("PID|1||S1^^^A^MR||A^B||") + value);
    };
    for (const auto* good : {"1961", "196104", "19610417", "196104170830", "19610417083000.1234+0100", "\"\""})
        BOOST_TEST(with_birth(good) == "valid", good);
    for (const auto* bad : {"17.4.1961", "19611301", "1961-04-17", "196104171", "19610417T083000"})
        BOOST_TEST(with_birth(bad) == "102E PID-7.1: Time is no TS", bad);
    BOOST_TEST(with_patient("PID|one||S1^^^A^MR||A^B") == "102E PID-1: Set ID - PID is no SI");
    BOOST_TEST(with_patient("PID|1||S1^^^A^MR^^2026||A^B") == "valid");
    BOOST_TEST(with_patient("PID|1||S1^^^A^MR^^tomorrow||A^B") == "102E PID-3.7: Effective Date is no DT");
    BOOST_TEST(with_patient("PID|1||S1^^^A^MR||Doe&van&D^J^^^^^L^^^20261&2026") ==
               "102E PID-5.10.1: Range Start Date/Time is no TS");
}

BOOST_AUTO_TEST_CASE(observations_have_the_type_they_say) {
    const auto value = [](const char* obx) {
        return order(patient + "ORC|NW|P77\rOBR|1|P77||X^Y^L\r" + obx + "\r", "2.5.1");
    };
    BOOST_TEST(value("OBX|1|NM|A^B||172||||||F") == "valid");
    BOOST_TEST(value("OBX|1|NM|A^B||tall||||||F") == "102E OBX-5: Observation Value is no NM");
    BOOST_TEST(value("OBX|1|CWE|A^B||a^b^L||||||F") == "valid");
    BOOST_TEST(value("OBX|1|ST|A^B||one^two||||||F") ==
               "102W OBX-5.2: Observation Value is ST in 2.5.1, which has no components");
    BOOST_TEST(value("OBX|1|XYZ|A^B||x||||||F") == "103E OBX-2: Value Type: not in table 0125, Value Type");
}

BOOST_AUTO_TEST_CASE(values_of_tables) {
    BOOST_TEST(order("PID|1||S1^^^A^MR||A^B\rORC|XX|P77^HIS||||N\r", "2.5.1") == "valid");
    BOOST_TEST(order("PID|1||S1^^^A^MR||A^B\rORC|QQ|P77^HIS\r", "2.5.1") ==
               "103E ORC-1: Order Control: not in table 0119, Order Control Codes");
    BOOST_TEST(order("PID|1||S1^^^A^MR||A^B\rORC|NW |P77^HIS\r", "2.5.1") == "valid");
    // User-defined tables, and coding systems, are open.
    BOOST_TEST(with_patient("PID|1||S1^^^A^MR||A^B||1961|W") == "valid");
    BOOST_TEST(with_patient("PID|1||S1^^^A^MR||A^B||1961|F||x^y^99HOME") == "valid");
    BOOST_TEST(with_patient("PID|1||S1^^^A^MRN||A^B") ==
               "103E PID-3.5: Identifier Type Code: not in table 0203, Identifier Type");
}

BOOST_AUTO_TEST_CASE(lengths_and_repetitions) {
    BOOST_TEST(with_patient("PID|1||S1^^^A^MR||A^B|||FEMALE") ==
               "102E PID-8: Administrative Sex is longer than 1 characters");
    // Characters, not bytes.
    BOOST_TEST(with_patient("PID|1||S1^^^A^MR||A^B|||\xC3\xA9") == "valid");
    BOOST_TEST(with_patient("PID|1||S1^^^A^MR||A^B|||F~M") ==
               "102E PID-8[2]: Administrative Sex does not repeat in 2.5.1");
    BOOST_TEST(first(header + "ADT^A08^ADT_A01|1|P|2.8\rEVN||20260101\rPID|1||S1^^^A^MR||A^B|||F~M\rPV1||I\r") ==
               "198E PID-8[2]: Administrative Sex does not repeat in 2.8");
    // ORC-2 of 2.5.1 is said to have 22 characters, and its type room for 427.
    BOOST_TEST(order("PID|1||S1^^^A^MR||A^B\rORC|NW|P1234567890123456789012345^HIS\r", "2.5.1") == "valid");
    BOOST_TEST(order("PID|1||S1^^^A^MR||A^B\rORC|NW|P1234567890123456789012345^HIS\r", "2.3") ==
               "102E ORC-2: Placer Order Number is longer than 22 characters");
}

BOOST_AUTO_TEST_CASE(what_a_receiver_ignores_is_a_warning) {
    BOOST_TEST(with_patient("PID|1||S1^^^A^MR||A^B" + std::string(35, '|') + "x") ==
               "102W PID-40: PID has 39 fields in 2.5.1");
    BOOST_TEST(with_patient("PID|1||S1^^^A^MR^^^^^^x||A^B") == "102W PID-3.11: CX has 10 components in 2.5.1");
    BOOST_TEST(first(header + "ADT^A08^ADT_A01|1|P|2.8\rEVN||20260101\rPID|1|old|S1^^^A^MR||A^B\rPV1||I\r") ==
               "102W PID-2: Patient ID is no longer used in 2.8");
}

BOOST_AUTO_TEST_CASE(it_stops_at_the_limit) {
    std::string text = header + "ORU^R01|1|P|2.5.1\rPID|1||S1^^^A^MR||A^B\rOBR|1|||X^Y\r";
    for (int i = 0; i < 1'000; ++i) text += "OBX|x|NM|A^B||y||||||F\r";
    BOOST_TEST(problems(text).size() == 20u);
    BOOST_TEST(problems(text, 3).size() == 3u);
    BOOST_TEST(problems(text, 0).empty());
}

BOOST_AUTO_TEST_CASE(problems_never_quote_the_message) {
    for (const auto& problem :
         problems(header + "ORM^O01|SECRET|SECRET|2.5.1\rPID|SECRET||SECRET^^^^SECRET||||SECRET|SECRET\r"
                           "SECRETX|SECRET\r"))
        BOOST_TEST(problem.find("SECRET") == std::string::npos, problem);
}

BOOST_AUTO_TEST_CASE(primitive_formats) {
    for (const auto* good : {"1", "-1", "+1.5", "0.1", ".5", "5.", "007"}) BOOST_TEST(well_formed("NM", good), good);
    for (const auto* bad : {".", "-", "1,5", "1e5", "1 ", "<5", "+-1"}) BOOST_TEST(!well_formed("NM", bad), bad);
    for (const auto* good : {"12", "1230", "123059", "123059.9999", "1230+0100"})
        BOOST_TEST(well_formed("TM", good), good);
    for (const auto* bad : {"1", "25", "12:30", "1260", "+0100", "123"}) BOOST_TEST(!well_formed("TM", bad), bad);
    BOOST_TEST(well_formed("DT", "20240229"));
    BOOST_TEST(!well_formed("DT", "20230229"));
    BOOST_TEST(!well_formed("DT", "202402291200"));
    BOOST_TEST(!well_formed("SI", "-1"));
    BOOST_TEST(well_formed("ST", "anything"));
    BOOST_TEST(characters("\xC3\xA9t\xC3\xA9") == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
