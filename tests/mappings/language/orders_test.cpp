#include <map>

#include "tests/mappings/language/shipped.hpp"

namespace gantry::mappings::testing {
namespace {

using effects::Disposition;
using effects::FieldChange;
using effects::OrderAction;
using effects::OrderField;
using effects::RecordKind;
using effects::StepField;
using Says = FieldChange::Says;

const std::string msh = "MSH|^~\\&|HIS|HOSP|RIS|RAD|20261122080000||ORM^O01|M1|P|2.3.1\n";
const std::string omi = "MSH|^~\\&|HIS|HOSP|RIS|RAD|20261122080000||OMI^O23^OMI_O23|M1|P|2.5.1\n";
const std::string pid = "PID|1||100001^^^HOSPA^MR||SMITH^JOHN||19700101|M\n";
const std::string orc = "ORC|NW|P1^HIS|F1^RIS||SC||||20261122075900\n";

// "says nothing" is -, "delete" is "", a value is the value.
std::string said(const FieldChange& change) {
    if (change.says == Says::nothing) return "-";
    return change.says == Says::clear ? "\"\"" : change.value;
}

std::string field(const effects::Effects& effects, const std::string& name, std::size_t order = 0,
                  std::size_t step = 0) {
    if (effects.disposition != Disposition::apply) return "rejected: " + effects.error->text();
    const auto dot = name.find('.');
    const auto record = name.substr(0, dot), rest = name.substr(dot + 1);
    if (record == "patient") return said(effects.patient->fields.at(*effects::field_index(RecordKind::patient, rest)));
    BOOST_REQUIRE_LT(order, effects.orders.size());
    if (record == "order") return said(effects.orders[order].fields.at(*effects::field_index(RecordKind::order, rest)));
    BOOST_REQUIRE_LT(step, effects.orders[order].steps.size());
    return said(effects.orders[order].steps[step].fields.at(*effects::field_index(RecordKind::step, rest)));
}

std::string rejection(const effects::Effects& effects) {
    return effects.error ? std::string(info(effects.error->code).name) + " @ " + effects.error->place : "applied";
}

// A segment with some of its fields; the others are empty.
std::string segment(const std::string& id, const std::map<std::size_t, std::string>& fields) {
    std::string out = id;
    for (std::size_t n = 1; n <= fields.rbegin()->first; ++n)
        out += "|" + (fields.count(n) ? fields.at(n) : std::string());
    return out + "\n";
}
const std::string obr = segment(
    "OBR", {{1, "1"}, {2, "P1^HIS"}, {3, "F1^RIS"}, {4, "71020^CHEST XRAY^CPT"}, {18, "A1"}, {19, "RP1"}, {20, "S1"}});
const std::string chest = segment("OBR", {{1, "1"}, {2, "P1"}, {4, "71020^X^CPT"}});

struct Row {
    std::string message;
    std::map<std::string, std::string> expected;
};

void check(const Row& row) {
    const auto effects = map(row.message);
    for (const auto& [name, value] : row.expected)
        BOOST_TEST(field(effects, name) == value, name << ": " << field(effects, name) << ", not " << value);
}

std::string with(const std::string& segment) {
    return msh + pid + orc + obr + segment;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(orders)

BOOST_AUTO_TEST_CASE(every_column_of_a_general_order) {
    check({std::string("MSH|^~\\&|HIS|HOSP|RIS|RAD|20261122080000||ORM^O01|M1|P|2.3.1\n"
                       "PID|1||100001^^^HOSPA^MR||Smith^John^Q^Jr^Dr~Smyth^Jon|JONES^MARY|19700101|M|ALIAS^A||1 Main "
                       "St^^Town^IL^62701||555-1234\n"
                       "PV1|1|I|WARD^101^A^HOSP|||||55^REFER^RUTH|||||||B6||||V77^^^ADM\n"
                       "AL1|1|DA|P^PENICILLIN\nAL1|2|DA|L^LATEX\n") +
               segment("ORC", {{1, "NW"},
                               {2, "P1^HIS"},
                               {3, "F1^RIS"},
                               {5, "SC"},
                               {7, "^^^202611230930^^S"},
                               {9, "20261122075900"},
                               {12, "44^ORDER^OTTO"},
                               {18, "CT01"},
                               {28, "R^RESTRICTED"}}) +
               segment("OBR", {{1, "1"},
                               {2, "P1^HIS"},
                               {4, "CTHEAD^CT HEAD^L^CTH1^HEAD PROTOCOL^L"},
                               {12, "AMB"},
                               {13, "RENAL"},
                               {15, "&&&HEAD"},
                               {16, "33^REQUEST^RITA"},
                               {18, "A1"},
                               {19, "RP1"},
                               {20, "S1"},
                               {24, "CT"},
                               {27, "^^^202611240800"},
                               {28, "9^COPY^CARL"},
                               {30, "WALK"},
                               {31, "^HEADACHE"},
                               {34, "7&PERFORM&PETE"}}) +
               "NTE|1||first line~second line\nNTE|2||third\n"
               "OBX|1|NM|29463-7^BODY WEIGHT^LN||150|lb|||||F\nOBX|2|NM|8302-2^HEIGHT^LN||165|cm|||||F\n"
               "ZDS|1.2.3.4^HIS^Application^DICOM",
           {{"patient.name", "Smith^John^Q^Dr^Jr"},
            {"patient.other_names", "Smyth^Jon\\ALIAS^A"},
            {"patient.birth_date", "19700101"},
            {"patient.sex", "M"},
            {"patient.address", "1 Main St, Town, IL, 62701"},
            {"patient.telecom", "555-1234"},
            {"patient.mother_maiden_name", "JONES^MARY"},
            {"patient.allergies", "PENICILLIN\\LATEX"},
            {"order.placer_number", "P1"},
            {"order.placer_authority", "HIS"},
            {"order.filler_number", "F1"},
            {"order.filler_authority", "RIS"},
            {"order.accession_number", "A1"},
            {"order.accession_issuer", "RIS"},
            {"order.requested_procedure_id", "RP1"},
            {"order.study_instance_uid", "1.2.3.4"},
            {"order.procedure_code", "CTHEAD"},
            {"order.procedure_scheme", "99LOCAL"},
            {"order.procedure_meaning", "CT HEAD"},
            {"order.procedure_description", "CT HEAD"},
            {"order.modality", "CT"},
            {"order.study_type", "CT"},
            {"order.body_site", "HEAD"},
            {"order.reason", "HEADACHE"},
            {"order.comments", "first line\nsecond line\nthird"},
            {"order.urgency", "STAT"},
            {"order.ordered_date", "20261122075900"},
            {"order.scheduled_date", "202611230930"},
            {"order.requesting_physician", "REQUEST^RITA"},
            {"order.requesting_physician_id", "33"},
            {"order.referring_physician", "REFER^RUTH"},
            {"order.performing_physician", "PERFORM^PETE"},
            {"order.names_of_recipients", "COPY^CARL"},
            {"order.weight", "68.039"},
            {"order.size", "1.65"},
            {"order.medical_alerts", "RENAL\\PENICILLIN\\LATEX"},
            {"order.pregnancy_status", "3"},
            {"order.confidentiality", "RESTRICTED"},
            {"order.patient_state", "AMB"},
            {"order.transport", "WALK"},
            {"order.admission_id", "V77"},
            {"order.admission_issuer", "ADM"},
            {"order.patient_location", "WARD 101 A HOSP"},
            {"order.institution", "HOSP"},
            {"step.step_id", "S1"},
            {"step.station_ae", "CT01"},
            {"step.modality", "CT"},
            {"step.start_date", "20261123"},
            {"step.start_time", "0930"},
            {"step.description", "HEAD PROTOCOL"},
            {"step.protocol_code", "CTH1"},
            {"step.protocol_scheme", "99LOCAL"},
            {"step.protocol_meaning", "HEAD PROTOCOL"},
            {"step.performing_physician", "PERFORM^PETE"}}});
}

BOOST_AUTO_TEST_CASE(identity_and_keys) {
    const auto effects = map(with(""));
    BOOST_REQUIRE_EQUAL(effects.orders.size(), 1u);
    const auto& order = effects.orders[0];
    BOOST_CHECK(order.action == OrderAction::create);
    BOOST_TEST(order.place == "ORC[1]");
    BOOST_TEST(order.event_time == "20261122075900");
    BOOST_TEST(order.accession_issuer == "RIS");
    BOOST_TEST(order.reply_done == "OK");
    BOOST_TEST(effects.ordering_key == "HOSPA|100001");
    BOOST_TEST(order.fields[OrderField::accession_number].source == "OBR-18");
    BOOST_TEST(order.fields[OrderField::ordered_date].source == "ORC-9");
    BOOST_TEST(order.fields[OrderField::study_type].source == "modality (table study_type)");
}

BOOST_AUTO_TEST_CASE(an_offset_counts_for_what_is_newer) {
    auto text = with("");
    text.replace(text.find("20261122075900"), 14, "20261122085900+0100");
    BOOST_TEST(map(text).orders[0].event_time == "20261122075900");
}

BOOST_AUTO_TEST_CASE(numbers_fall_back) {
    const auto effects = map(msh + pid + "ORC|NW|||\n" + segment("OBR", {{2, "P9"}, {4, "71020^X^CPT"}, {19, "RP1"}}));
    BOOST_REQUIRE_EQUAL(effects.orders.size(), 1u);
    BOOST_TEST(effects.orders[0].placer.number == "P9");
    BOOST_TEST(effects.orders[0].placer.authority == "HIS^HOSP");
    BOOST_TEST(field(effects, "order.accession_number") == "-");
    BOOST_TEST(effects.orders[0].event_time == "20261122080000");
    BOOST_TEST(field(map(msh + pid + "ORC|NW|P9|ACC7\nOBR|1|P9||71020^X^CPT"), "order.accession_number") == "ACC7");
}

BOOST_AUTO_TEST_CASE(absent_says_nothing_null_deletes) {
    const auto xo = [&](const std::string& obr31, const std::string& more) {
        return map(msh + pid + "ORC|XO|P1\n" + segment("OBR", {{2, "P1"}, {4, "71020^X^CPT"}, {31, obr31}}) + more);
    };
    BOOST_TEST(field(xo("", ""), "order.reason") == "-");
    BOOST_TEST(field(xo("\"\"", ""), "order.reason") == "\"\"");
    BOOST_TEST(field(xo("^PAIN", ""), "order.reason") == "PAIN");
    BOOST_TEST(field(xo("", ""), "patient.allergies") == "-");
    BOOST_TEST(field(xo("", ""), "order.comments") == "-");
    BOOST_TEST(field(xo("", "NTE|1||\"\""), "order.comments") == "\"\"");
    BOOST_TEST(field(xo("", "NTE|1||new"), "order.comments") == "new");
}

BOOST_AUTO_TEST_CASE(notes_of_the_patient_are_not_notes_of_the_order) {
    const auto effects = map(msh + pid + "NTE|1||about the patient\nOBX|1|NM|29463-7||70|kg\n" + orc + obr);
    BOOST_TEST(field(effects, "order.comments") == "-");
    BOOST_TEST(field(effects, "order.weight") == "70");
}

BOOST_AUTO_TEST_CASE(several_orders) {
    const auto effects =
        map(msh + pid + orc + obr +
            "NTE|1||one\nORC|NW|P2\nTQ1|1||||||202611230900||S\nOBR|2|P2||70450^CT^CPT||||||||||||||A2\n"
            "NTE|1||two\nORC|CA|P3");
    BOOST_REQUIRE_MESSAGE(effects.orders.size() == 3, rejection(effects));
    BOOST_TEST(field(effects, "order.comments", 0) == "one");
    BOOST_TEST(field(effects, "order.comments", 1) == "two");
    BOOST_TEST(field(effects, "order.urgency", 0) == "-");
    BOOST_TEST(field(effects, "order.urgency", 1) == "STAT");
    BOOST_TEST(field(effects, "step.modality", 1) == "CT");
    BOOST_CHECK(effects.orders[2].action == OrderAction::cancel);
    BOOST_TEST(effects.orders[2].place == "ORC[3]");
}

BOOST_AUTO_TEST_CASE(one_control_segment_for_several_procedures) {
    const auto effects = map(msh + pid + "ORC|NW|P1\nTQ1|1||||||202611230900||A\n" +
                             segment("OBR", {{2, "P1"}, {4, "71020^X^CPT"}, {18, "A1"}, {19, "RP1"}}) + "NTE|1||one\n" +
                             segment("OBR", {{2, "P1"}, {4, "70450^CT^CPT"}, {18, "A1"}, {19, "RP2"}}));
    BOOST_REQUIRE_MESSAGE(effects.orders.size() == 2, rejection(effects));
    BOOST_TEST(effects.orders[1].placer.number == "P1");
    BOOST_TEST(effects.orders[1].place == "OBR[2]");
    BOOST_TEST(field(effects, "order.urgency", 1) == "URGENT");
    BOOST_TEST(field(effects, "order.comments", 1) == "-");
    BOOST_TEST(field(effects, "order.requested_procedure_id", 1) == "RP2");
    BOOST_TEST(field(effects, "step.start_time", 1) == "0900");
}

BOOST_AUTO_TEST_CASE(imaging_orders_with_steps) {
    const auto base = omi + pid + "ORC|NW|P1|F1||SC\nTQ1|1||||||202611230900||R\nOBR|1|P1|F1|MRKNEE^MRI KNEE^L\n";
    const auto effects = map(base +
                             "IPC|B1^SAMPLE|RQ1|2.25.7|S1|MR|KL^KNEE LEFT^L|MR SUITE|MR1^ROOM|MR01~MR02\n"
                             "IPC|B1^SAMPLE|RQ1|2.25.7|S2|MR|KR^KNEE RIGHT^L");
    BOOST_REQUIRE_MESSAGE(effects.orders.size() == 1, rejection(effects));
    BOOST_REQUIRE_EQUAL(effects.orders[0].steps.size(), 2u);
    BOOST_TEST(effects.orders[0].accession_issuer == "SAMPLE");
    BOOST_TEST(field(effects, "order.accession_number") == "B1");
    BOOST_TEST(field(effects, "order.study_instance_uid") == "2.25.7");
    BOOST_TEST(field(effects, "step.station_ae", 0, 0) == "MR01\\MR02");
    BOOST_TEST(field(effects, "step.station_name", 0, 0) == "MR SUITE");
    BOOST_TEST(field(effects, "step.location", 0, 0) == "ROOM");
    BOOST_TEST(field(effects, "step.station_ae", 0, 1) == "MR_ANY\\*");
    BOOST_TEST(field(effects, "step.step_id", 0, 1) == "S2");
    BOOST_TEST(field(effects, "step.description", 0, 1) == "KNEE RIGHT");
    BOOST_TEST(field(effects, "step.start_time", 0, 1) == "0900");

    const auto two = map(base + "IPC|B1|RQ1|2.25.7|S1|MR\nIPC|B1|RQ2|2.25.8|S2|MR\nIPC|B1|RQ1|2.25.7|S3|MR");
    BOOST_REQUIRE_MESSAGE(two.orders.size() == 2, rejection(two));
    BOOST_TEST(two.orders[0].steps.size() == 2u);
    BOOST_TEST(field(two, "order.requested_procedure_id", 1) == "RQ2");
    BOOST_TEST(field(two, "step.step_id", 1) == "S2");
}

BOOST_AUTO_TEST_CASE(modality_and_station) {
    const auto order = [&](const std::string& code, const std::string& section,
                           MappingContext context = filler_context()) {
        return field(map(msh + pid + "ORC|NW|P1\n" + segment("OBR", {{2, "P1"}, {4, code}, {24, section}}), context),
                     "step.modality");
    };
    BOOST_TEST(order("71020", "CT") == "DX");
    BOOST_TEST(order("XYZ", "CT") == "CT");
    BOOST_TEST(order("XYZ", "PT") == "PT");
    for (const auto* none : {"RAD", "IMG", "OTH", "", "LAB"})
        BOOST_TEST(order("XYZ", none).find("no modality") != std::string::npos, none);
    auto context = filler_context();
    context.modality_reading = "0074";
    BOOST_TEST(order("XYZ", "NMR", context) == "MR");
    BOOST_TEST(order("XYZ", "PT", context).find("no modality") != std::string::npos);
    context = filler_context();
    context.modalities = {"CT"};
    BOOST_TEST(order("XYZ", "MR", context).find("no modality") != std::string::npos);
    BOOST_TEST(order("XYZ", "CT", context) == "CT");
    const auto pet = map(msh + pid + "ORC|NW|P1\nOBR|1|P1||78815");
    BOOST_TEST(field(pet, "step.modality") == "PT");
    BOOST_TEST(field(pet, "step.also_modalities") == "CT");
    BOOST_TEST(field(pet, "step.station_ae") == "PT_ANY\\*");
    BOOST_TEST(field(pet, "order.study_type") == "NM");
}

BOOST_AUTO_TEST_CASE(where_the_accession_is) {
    auto context = filler_context();
    context.accession = {*hl7::Path::parse("OBR-20"), *hl7::Path::parse("OBR-19")};
    BOOST_TEST(field(map(with(""), context), "order.accession_number") == "S1");
    context.accession = {*hl7::Path::parse("OBR-21")};
    BOOST_TEST(field(map(with(""), context), "order.accession_number") == "-");
    const auto longer = msh + pid + orc + segment("OBR", {{2, "P1"}, {4, "71020"}, {18, "12345678901234567"}});
    BOOST_TEST(rejection(map(longer)) == "hl7.too_long @ OBR[1]-18");
    BOOST_TEST(map(longer).error->detail.find("OBR-18") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(rejections_say_where) {
    const std::pair<std::string, std::string> rows[] = {
        {msh + orc + obr, "hl7.missing_segment @ PID"},
        {msh + "PID|1||||SMITH^JOHN\n" + orc + obr, "patient.missing_identifier @ PID[1]-3"},
        {msh + "PID|1||99^^^H^AN||SMITH^JOHN\n" + orc + obr, "patient.missing_identifier @ PID[1]-3"},
        {msh + "PID|1||1^^^H^MR\n" + orc + obr, "patient.missing_name @ PID[1]-5"},
        {msh + pid, "hl7.missing_segment @ ORC"},
        {msh + pid + obr, "hl7.missing_segment @ ORC"},
        {msh + pid + "ORC||P1\n" + obr, "hl7.missing_field @ ORC[1]-1"},
        {msh + pid + orc + obr + "ORC|QQ|P2\nOBR|2|P2||71020", "order.unknown_control @ ORC[2]-1"},
        {msh + pid + "ORC|NW\nOBR|1|||71020", "order.missing_number @ ORC[1]-2"},
        {msh + pid + orc + "OBR|1|P1||NOSUCH", "map.no_modality @ OBR[1]-24"},
        {msh + pid + orc + obr + "ZDS|1.2.x", "hl7.bad_value @ ZDS[1]-1"},
        {msh + pid + orc + obr + pid + "ORC|NW|P2\n" + obr, "hl7.bad_value @ PID[2]"},
        {msh + pid + orc + segment("OBR", {{2, "P1"}, {4, "71020"}, {19, "12345678901234567"}}),
         "hl7.too_long @ OBR[1]-19"}};
    for (const auto& [text, expected] : rows) BOOST_TEST(rejection(map(text)) == expected, text);
    BOOST_TEST(map(msh + pid + "ORC|CA|P1\nOBR|1|P1||NOSUCH").orders.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_step_number_that_is_too_long_is_left_out) {
    const auto effects = map(msh + pid + orc + segment("OBR", {{2, "P1"}, {4, "71020"}, {20, "12345678901234567"}}));
    BOOST_TEST(rejection(effects) == "applied");
    BOOST_TEST(field(effects, "step.step_id") == "-");
    BOOST_TEST(field(effects, "order.warnings").find("step_id") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(defaults_only_fill) {
    const auto effects = map(msh + pid + orc + "OBR|1|P1||71020");
    BOOST_TEST(effects.orders.at(0).steps.at(0).fields[effects::StepField::station_ae].fills);
    BOOST_TEST(!effects.orders.at(0).fields[effects::OrderField::procedure_code].fills);
}

BOOST_AUTO_TEST_CASE(what_the_channel_accepts) {
    const auto header = [&](const std::string& rest) {
        return rejection(map("MSH|^~\\&|A|B|C|D|20261122||" + rest + "\n" + pid + orc + obr));
    };
    BOOST_TEST(header("ORM^O01|M1|P|2.3") == "applied");
    BOOST_TEST(header("ORM^O01|M1|P") == "applied");
    BOOST_TEST(header("ORM^O01|M1|P|2.5.1^USA") == "applied");
    BOOST_TEST(header("ORM^O01|M1|T|2.3") == "hl7.wrong_processing_id @ MSH[1]-11");
    BOOST_TEST(header("ORM^O01||P|2.3") == "hl7.missing_control_id @ MSH[1]-10");
    BOOST_TEST(header("ORM^O01|M1|P|3.0") == "hl7.unsupported_version @ MSH[1]-12");
    BOOST_TEST(header("ORM^O02|M1|P|2.3") == "hl7.unsupported_event @ MSH[1]-9");
    BOOST_TEST(header("DFT^P03|M1|P|2.3") == "hl7.unsupported_type @ MSH[1]-9");
}

BOOST_AUTO_TEST_CASE(urgency_is_the_most_urgent_code) {
    struct Case {
        const char *tq1, *orc7, *obr27, *urgency, *sent;
    };
    const Case cases[] = {{"", "", "", "-", "-"},
                          {"R", "", "", "ROUTINE", "\"\""},
                          {"S", "R", "", "STAT", "\"\""},
                          {"R", "A", "", "URGENT", "\"\""},
                          {"R", "", "S", "STAT", "\"\""},
                          {"R~S", "", "", "STAT", "\"\""},
                          {"PRN", "", "", "ROUTINE", "\"\""},
                          {"C", "", "", "URGENT", "\"\""},
                          {"P", "", "", "URGENT", "\"\""},
                          {"TM30", "", "", "STAT", "\"\""},
                          {"TM61", "", "", "URGENT", "\"\""},
                          {"TH1", "", "", "STAT", "\"\""},
                          {"TS3601", "", "", "URGENT", "\"\""},
                          {"TD2", "", "", "URGENT", "\"\""},
                          {"TL1", "", "", "URGENT", "\"\""},
                          {"XYZ", "", "", "\"\"", "XYZ"},
                          {"XYZ", "R", "", "\"\"", "XYZ"},
                          {"XYZ", "S", "", "STAT", "XYZ"},
                          {"TX9", "", "", "\"\"", "TX9"},
                          {"\"\"", "", "", "\"\"", "\"\""}};
    for (const auto& one : cases) {
        const auto effects = map(msh + pid + "ORC|NW|P1|||SC||^^^^^" + one.orc7 + "\nTQ1|1||||||||" + one.tq1 + "\n" +
                                 segment("OBR", {{2, "P1"}, {4, "71020"}, {27, std::string("^^^^^") + one.obr27}}));
        BOOST_TEST(field(effects, "order.urgency") == one.urgency, one.tq1 << "," << one.orc7 << "," << one.obr27);
        BOOST_TEST(field(effects, "order.urgency_sent") == one.sent, one.tq1);
    }
    BOOST_TEST(field(map(with("TQ1|1||||||||S\nTQ1|2||||||||R")), "order.warnings").find("disagree") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(weight_and_height) {
    struct Case {
        const char *obx, *weight, *size;
    };
    const Case cases[] = {{"OBX|1|NM|29463-7||65|kg", "65", "-"},
                          {"OBX|1|NM|29463-7||3500|g", "3.5", "-"},
                          {"OBX|1|ST|^Body Weight||65,5|kg", "65.5", "-"},
                          {"OBX|1|NM|29463-7||160|[lb_av]", "72.575", "-"},
                          {"OBX|1|NM|29463-7||80|oz", "2.268", "-"},
                          {"OBX|1|NM|29463-7||150|", "-", "-"},
                          {"OBX|1|NM|29463-7||351|kg", "-", "-"},
                          {"OBX|1|NM|29463-7||0.1|kg", "-", "-"},
                          {"OBX|1|NM|29463-7||abc|kg", "-", "-"},
                          {"OBX|1|NM|29463-7||65|cm", "-", "-"},
                          {"OBX|1|NM|29463-7||\"\"|kg", "\"\"", "-"},
                          {"OBX|1|NM|8302-2||65|[in_i]", "-", "1.651"},
                          {"OBX|1|NM|8302-2||1650|mm", "-", "1.65"},
                          {"OBX|1|NM|29463-7||65|kg|||||D", "-", "-"},
                          {"OBX|1|NM|8867-4||65|kg", "-", "-"}};
    for (const auto& one : cases) {
        const auto effects = map(with(one.obx));
        BOOST_TEST(field(effects, "order.weight") == one.weight, one.obx);
        BOOST_TEST(field(effects, "order.size") == one.size, one.obx);
    }
    BOOST_TEST(field(map(with("OBX|1|NM|29463-7||150|")), "order.warnings").find("no unit") != std::string::npos);
    BOOST_TEST(field(map(with("")), "order.warnings") == "\"\"");
}

BOOST_AUTO_TEST_CASE(times_of_the_site) {
    const Zone berlin("Europe/Berlin");
    auto context = filler_context();
    context.zone = &berlin;
    const auto start = [&](const std::string& time) {
        const auto effects = map(msh + pid + "ORC|NW|P1|||SC||^^^" + time + "\nOBR|1|P1||71020", context);
        const auto warnings = field(effects, "order.warnings");
        return field(effects, "step.start_date") + " " + field(effects, "step.start_time") +
               (warnings == "\"\"" ? "" : " flagged");
    };
    BOOST_TEST(start("20261101120000+0000") == "20261101 130000");
    BOOST_TEST(start("202610250230") == "20261025 0230 flagged");
    BOOST_TEST(start("202703280230") == "20270328 0230 flagged");
    BOOST_TEST(start("20261101") == "20261101 \"\"");
    BOOST_TEST(start("") == "- -");
    BOOST_TEST(start("soon") == "- - flagged");
    BOOST_TEST(field(map(msh + "PID|1||1^^^H^MR||A^B||198004062330-0500\n" + orc + obr, context),
                     "patient.birth_date") == "19800406");
    BOOST_TEST(field(map(msh + "PID|1||1^^^H^MR||A^B||1980\n" + orc + obr, context), "patient.birth_date") == "-");
}

BOOST_AUTO_TEST_CASE(display_texts_are_cut_with_a_warning) {
    const auto effects = map(msh + pid + "ORC|NW|P1\nOBR|1|P1||71020^" + std::string(80, 'x') + "^CPT");
    BOOST_TEST(field(effects, "step.description") == std::string(64, 'x'));
    BOOST_TEST(field(effects, "order.warnings").find("shortened") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_row_of_the_order_status_table) {
    struct Case {
        const char *control, *status, *action, *done, *unable;
    };
    const Case cases[] = {{"NW", "", "create", "OK", "UA"},
                          {"NW", "SC", "create", "OK", "UA"},
                          {"NW", "IP", "create", "OK", "UA"},
                          {"NW", "HD", "create_held", "OK", "UA"},
                          {"NW", "CM", "create_completed", "OK", "UA"},
                          {"NW", "CA", "create_cancelled", "OK", "UA"},
                          {"NW", "DC", "create_cancelled", "OK", "UA"},
                          {"NW", "??", "create", "OK", "UA"},
                          {"XO", "", "create_or_update", "XR", "UX"},
                          {"XO", "SC", "create_or_update", "XR", "UX"},
                          {"XO", "IP", "start", "XR", "UX"},
                          {"SC", "IP", "start", "", ""},
                          {"XO", "A", "partial_results", "XR", "UX"},
                          {"SC", "A", "partial_results", "", ""},
                          {"XO", "CM", "complete", "XR", "UX"},
                          {"SC", "CM", "complete", "", ""},
                          {"RE", "CM", "complete", "", ""},
                          {"XO", "CA", "cancel", "XR", "UX"},
                          {"SC", "CA", "cancel", "", ""},
                          {"XO", "DC", "discontinue", "XR", "UX"},
                          {"SC", "DC", "discontinue", "", ""},
                          {"XO", "HD", "hold", "XR", "UX"},
                          {"SC", "HD", "hold", "", ""},
                          {"SC", "", "status_only", "", ""},
                          {"SC", "SC", "status_only", "", ""},
                          {"SC", "??", "status_only", "", ""},
                          {"CA", "", "cancel", "CR", "UC"},
                          {"CA", "IP", "cancel", "CR", "UC"},
                          {"CA", "CM", "cancel", "CR", "UC"},
                          {"DC", "IP", "discontinue", "DR", "UD"},
                          {"HD", "SC", "hold", "HR", "UH"},
                          {"RL", "", "release", "OR", "UR"},
                          {"RP", "", "replace_old", "RQ", "UM"},
                          {"PA", "", "parent", "OK", "UA"},
                          {"CH", "", "create", "OK", "UA"},
                          {"SN", "", "assign_number", "NA", "UA"},
                          {"CN", "", "status_only", "", ""},
                          {"RE", "", "status_only", "", ""},
                          {"OC", "IP", "cancel", "", ""},
                          {"OD", "IP", "discontinue", "", ""},
                          {"OH", "", "hold", "", ""},
                          {"OE", "", "release", "", ""},
                          {"XX", "", "create_or_update", "", ""},
                          {"RU", "", "replace_old", "", ""},
                          {"RO", "", "create", "", ""},
                          {"OK", "", "note", "", ""},
                          {"PR", "", "note", "", ""},
                          {"ca", "", "cancel", "CR", "UC"}};
    for (const auto& one : cases) {
        const auto effects = map(msh + pid + "ORC|" + one.control + "|P1|||" + one.status + "\nOBR|1|P1||71020");
        BOOST_REQUIRE_MESSAGE(effects.orders.size() == 1, one.control << " " << rejection(effects));
        const auto& order = effects.orders[0];
        BOOST_TEST(effects::to_text(order.action) == one.action, one.control << " " << one.status);
        BOOST_TEST(order.reply_done == one.done, one.control << " " << one.status);
        BOOST_TEST(order.reply_unable == one.unable, one.control << " " << one.status);
    }
    for (const auto* unknown : {"QQ", "NWX", "*", "0"})
        BOOST_TEST(rejection(map(msh + pid + "ORC|" + unknown + "|P1\nOBR|1|P1||71020")) ==
                   "order.unknown_control @ ORC[1]-1");
}

BOOST_AUTO_TEST_CASE(a_flood_of_orders_is_refused) {
    auto text = msh + pid;
    for (int i = 0; i < 1001; ++i) text += "ORC|NW|P1\n";
    BOOST_TEST(rejection(map(text)) == "hl7.too_many @ ORC");
}

BOOST_AUTO_TEST_CASE(prior_results_are_no_orders) {
    const auto effects = map("MSH|^~\\&|A|B|C|D|20261122||OMG^O19|M1|P|2.8\n" + pid + orc + obr +
                             "PV1|1|O\nORC|SC|OLD\nOBR|1|OLD||70450");
    BOOST_REQUIRE_EQUAL(effects.orders.size(), 1u);
    BOOST_REQUIRE_EQUAL(effects.ignored.size(), 1u);
}

BOOST_AUTO_TEST_CASE(coverage_names_what_nothing_read) {
    const auto effects =
        map(msh + "PID|1||1^^^H^MR||A^B|||M||W\n" + segment("PV1", {{2, "I"}, {44, "X"}}) + orc + obr + "ZZZ|1");
    std::string unread;
    for (const auto& field : effects.coverage.unread) unread += field.text() + " ";
    BOOST_TEST(unread == "PID-10 PV1-2 PV1-44 ZZZ-1 ");
    const auto unmapped =
        map(msh + pid + "ORC|NW|P1\n" + segment("OBR", {{2, "P1"}, {4, "NOSUCH"}, {24, "CT"}})).coverage.unmapped_codes;
    BOOST_REQUIRE(!unmapped.empty());
    BOOST_TEST(unmapped.front().table == "procedure");
    BOOST_TEST(unmapped.front().code == "NOSUCH");
}

BOOST_AUTO_TEST_CASE(what_would_only_be_read_if_something_were_missing_is_not_lost_and_says_nothing) {
    const auto effects = map(msh + pid + segment("ORC", {{1, "NW"}, {2, "P1"}, {7, "^^^202611230930"}}) + "\n" + obr +
                             "TQ1|1||||||not a date");
    for (const auto& field : effects.coverage.unread) BOOST_TEST(field.text() != "TQ1-7");
    const auto other = map(msh + pid + segment("ORC", {{1, "NW"}, {2, "P1"}, {7, "^^^not a date"}}) + "\n" + obr +
                           "TQ1|1||||||202611230930");
    for (const auto& field : other.coverage.unread) BOOST_TEST(field.text() != "ORC-7");
    for (const auto& sentence : other.ignored) BOOST_TEST(sentence.find("ORC-7") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::mappings::testing
