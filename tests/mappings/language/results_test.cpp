// What case files (tests/scenario/results) do not show: totality, limits, and how groups are told apart.
#include <algorithm>

#include "tests/mappings/language/shipped.hpp"

namespace gantry::mappings::testing {
namespace {

using effects::OrderAction;
using effects::ReportField;
using effects::ResultStatus;

const std::string pid = "PID|1||100001^^^HOSPA^MR||DOE^JANE||19800406|F\n";

std::string oru(const std::string& rest) {
    return "MSH|^~\\&|RIS|HOSP|ENGINE|RAD|20261123120000||ORU^R01|R1|P|2.5.1\n" + pid + rest;
}

std::string obr(const std::string& status, const std::string& placer = "P1^HIS", const std::string& code = "71020") {
    return "OBR|1|" + placer + "|F1^RIS|" + code + "^CHEST" + std::string(21, '|') + status + "\n";
}

std::string mdm(const std::string& event, const std::string& completion) {
    return "MSH|^~\\&|RIS|HOSP|ENGINE|RAD|20261123120000||MDM^" + event + "|D1|P|2.5.1\nEVN|" + event + "\n" + pid +
           "TXA|1|DI||20261123||||||||DOC1^RIS|||||" + completion + "\nOBX|1|TX|X^Y||text||||||F\n";
}

std::string why(const effects::Effects& effects) {
    return effects.error ? std::string(info(effects.error->code).name) + " " + effects.error->place : "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(results)

BOOST_AUTO_TEST_CASE(the_status_of_a_result_is_total) {
    const std::map<std::string, std::pair<ResultStatus, OrderAction>> known{
        {"O", {ResultStatus::registered, OrderAction::note}},
        {"I", {ResultStatus::registered, OrderAction::note}},
        {"S", {ResultStatus::registered, OrderAction::note}},
        {"N", {ResultStatus::registered, OrderAction::complete}},
        {"A", {ResultStatus::partial, OrderAction::partial_results}},
        {"R", {ResultStatus::partial, OrderAction::partial_results}},
        {"P", {ResultStatus::preliminary, OrderAction::partial_results}},
        {"M", {ResultStatus::preliminary, OrderAction::partial_results}},
        {"F", {ResultStatus::final, OrderAction::complete}},
        {"C", {ResultStatus::corrected, OrderAction::complete}},
        {"X", {ResultStatus::cancelled, OrderAction::note}}};
    std::vector<std::string> codes{"", "\"\"", "FF", "?", "\xc3\x84", "final"};
    for (char c = '0'; c <= 'Z'; ++c) codes.emplace_back(1, c);
    for (const auto& code : codes) {
        const auto effects = map(oru(obr(code) + "OBX|1|TX|X^Y||text\n"));
        const auto row = known.find(code);
        BOOST_TEST_CONTEXT(code) {
            if (row == known.end()) {
                const bool nothing = code.empty() || code == "\"\"";
                BOOST_TEST(why(effects) == (nothing ? "hl7.missing_field OBR[1]-25" : "hl7.unknown_code OBR[1]-25"));
                continue;
            }
            BOOST_REQUIRE_MESSAGE(effects.reports.size() == 1, why(effects));
            BOOST_TEST((effects.reports[0].status == row->second.first));
            BOOST_TEST((effects.reports[0].orders.at(0).action == row->second.second));
        }
    }
}

// HL7 table 0085, alone, where OBR-25 says nothing.
BOOST_AUTO_TEST_CASE(the_status_of_a_line_is_total) {
    const std::map<std::string, ResultStatus> known{
        {"O", ResultStatus::registered}, {"I", ResultStatus::registered},  {"R", ResultStatus::partial},
        {"S", ResultStatus::partial},    {"P", ResultStatus::preliminary}, {"F", ResultStatus::final},
        {"V", ResultStatus::final},      {"U", ResultStatus::final},       {"C", ResultStatus::corrected},
        {"A", ResultStatus::corrected},  {"B", ResultStatus::corrected},   {"D", ResultStatus::corrected},
        {"W", ResultStatus::corrected},  {"X", ResultStatus::cancelled}};
    for (char c = 'A'; c <= 'Z'; ++c) {
        const std::string code(1, c);
        const auto effects = map(oru(obr("") + "OBX|1|TX|X^Y||text||||||" + code + "\n"));
        const auto row = known.find(code);
        BOOST_TEST_CONTEXT(code) {
            if (row == known.end()) {
                BOOST_TEST(why(effects) == "hl7.missing_field OBR[1]-25");
                continue;
            }
            BOOST_REQUIRE_MESSAGE(effects.reports.size() == 1, why(effects));
            BOOST_TEST((effects.reports[0].status == row->second));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_status_of_a_document_is_total) {
    for (const auto* event : {"T01", "T02", "T03", "T04", "T05", "T06", "T07", "T08", "T09", "T10", "T11"}) {
        for (const auto* completion : {"DI", "DO", "IP", "IN", "PA", "AU", "LA"}) {
            const auto effects = map(mdm(event, completion));
            BOOST_REQUIRE_MESSAGE(effects.reports.size() == 1, event << " " << completion << " " << why(effects));
            const bool final = std::string(completion) == "AU" || std::string(completion) == "LA";
            const auto wanted = std::string(event) == "T11" ? ResultStatus::cancelled
                                : final                     ? ResultStatus::final
                                                            : ResultStatus::preliminary;
            BOOST_TEST((effects.reports[0].status == wanted));
        }
        const auto unknown = map(mdm(event, "QQ"));
        BOOST_TEST(why(unknown) == "hl7.unknown_code TXA[1]-17");
    }
}

BOOST_AUTO_TEST_CASE(an_observation_of_another_result_is_not_this_ones) {
    const auto effects = map(oru(obr("F") + "OBX|1|HD|113014^DICOM Study^DCM||1.2.3||||||F\n" +
                                 obr("F", "P2^HIS", "73630") + "OBX|1|TX|X^Y||text||||||F\nNTE|1||note\n"));
    BOOST_REQUIRE_MESSAGE(effects.reports.size() == 2, why(effects));
    BOOST_TEST(effects.reports[0].study_instance_uid == "1.2.3");
    BOOST_TEST(effects.reports[0].lines.empty());
    BOOST_TEST(effects.reports[1].study_instance_uid == "");
    BOOST_TEST(effects.reports[1].lines.at(0).text == "text\nnote");
}

BOOST_AUTO_TEST_CASE(parents_are_read_from_both_halves) {
    const auto effects =
        map(oru("OBR|1||F9^RIS|71020^CHEST" + std::string(21, '|') + "F||||P1&HIS^F1&RIS\nOBX|1|TX|X^Y||text\n"));
    BOOST_REQUIRE_MESSAGE(effects.reports.size() == 1, why(effects));
    BOOST_TEST(effects.reports[0].parent_placer.number == "P1");
    BOOST_TEST(effects.reports[0].parent_placer.authority == "HIS");
    BOOST_TEST(effects.reports[0].parent_filler.number == "F1");
    BOOST_TEST(effects.reports[0].parent_filler.authority == "RIS");
}

BOOST_AUTO_TEST_CASE(what_is_too_much_is_refused) {
    std::string many = obr("F");
    for (int i = 0; i < 20'001; ++i) many += "OBX|1|TX|X^Y||a\n";
    BOOST_TEST(why(map(oru(many))) == "hl7.too_many OBX-5");
    BOOST_TEST(why(map(oru(obr("F") + "OBX|1|TX|X^Y||" + std::string(2'000'001, 'a') + "\n"))) == "hl7.too_long OBX-5");
    std::string results;
    for (int i = 0; i < 1001; ++i) results += obr("F");
    BOOST_TEST(why(map(oru(results))) == "hl7.too_many OBR-1");
    BOOST_TEST(why(map(oru(pid + obr("F")))) == "hl7.bad_value PID[2]-3");
    BOOST_TEST(why(map(oru(obr("F", std::string(200, '1'))))) == "hl7.too_long OBR[1]-2");
}

BOOST_AUTO_TEST_CASE(nothing_readable_is_dropped) {
    const auto effects = map(oru(obr("F") + "OBX|1|TX|71020&IMP^CHEST|1|normal||||||F\nNTE|1||note\n"));
    for (const auto& field : effects::to_texts(effects.coverage)) {
        const bool lost = field.starts_with("OBX") || field.starts_with("NTE") || field.starts_with("OBR");
        BOOST_TEST(!lost, field);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::mappings::testing
