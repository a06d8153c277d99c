#include "engine/main/structures_reference.hpp"

#include <sstream>

namespace gantry {
namespace {

struct Asked {
    int exit_code;
    std::string out, err;
};
Asked ask(const std::string& version, const std::string& name = {}) {
    std::ostringstream out, err;
    const int exit_code = run_structures_reference(version, name, out, err);
    return {exit_code, out.str(), err.str()};
}
bool says(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(structures_reference)

BOOST_AUTO_TEST_CASE(lists_what_there_is) {
    BOOST_TEST(says(ask("").out, "of versions 2.1, 2.2, 2.3, 2.3.1, 2.4, 2.5, 2.5.1, 2.6, 2.7, 2.7.1, 2.8."));
    const auto all = ask("2.5.1");
    BOOST_TEST(all.exit_code == 0);
    BOOST_TEST(says(all.out, "| ADT^A08 | ADT_A01 | Admit/visit notification |\n"), all.out);
    BOOST_TEST(says(all.out, "| PID | Patient Identification | 39 |\n"));
}

BOOST_AUTO_TEST_CASE(shows_a_segment_a_type_a_message_a_table) {
    BOOST_TEST(says(ask("2.5.1", "PID").out, "| PID-3 | Patient Identifier List | CX | R | any | 250 |  |\n"));
    BOOST_TEST(says(ask("2.5.1", "CX").out, "| CX.5 | Identifier Type Code | ID | O | 1 | 5 | 0203 |\n"));
    const auto order = ask("2.3.1", "ORM^O01").out;
    BOOST_TEST(says(order, "# ORM_O01 Order message, HL7 2.3.1\n"), order);
    BOOST_TEST(says(order,
                    "\nORDER  1..*\n  ORC Common Order  1\n  ORDER_DETAIL  0..1\n    one of  1\n      OBR Observation "
                    "Request\n"),
               order);
    BOOST_TEST(ask("2.3.1", "ORM_O01").out == order);
    BOOST_TEST(says(ask("2.5.1", "0119").out, "| NW | New order/service |\n"));
    BOOST_TEST(says(ask("2.5.1", "1").out, "# Table 0001 Administrative Sex\n\nUser-defined"));
    BOOST_TEST(ask("2.5.1", "ST").exit_code == 0);
}

BOOST_AUTO_TEST_CASE(says_what_it_does_not_know) {
    const auto segment = ask("2.5.1", "EVM");
    BOOST_TEST(segment.exit_code == 1);
    BOOST_TEST(
        says(segment.err, "HL7 2.5.1 has no segment, message, data type or table \"EVM\", did you mean \"EVN\"?"));
    BOOST_TEST(ask("2.5.1", "9998").exit_code == 1);
    BOOST_TEST(ask("2.5.1", "99999999").exit_code == 1);
    BOOST_TEST(ask("2.9").exit_code == 2);
    BOOST_TEST(says(ask("2.9").err, "there is no HL7 version \"2.9\""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace gantry
