#include "engine/structures/outline.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::structures;

namespace {

std::string outline_of(const char* text) {
    const auto message = std::move(hl7::Message::parse(text)).value();
    return to_text(outline(message, message_tree(message)));
}

bool contains(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(outlines)

BOOST_AUTO_TEST_CASE(names_everything) {
    BOOST_TEST(outline_of("MSH|^~\\&|HIS||||20261122||ORM^O01|O77|P|2.3.1\r"
                          "PID|||S1000042^^^SAMPLE&1.2.3&ISO^MR~4711||SAMPLE^ADA\r"
                          "ORC|NW\rZDS|1.2.3^GANTRY\r") ==
               "ORM_O01 Order message, HL7 2.3.1\n"
               "  MSH Message Header\n"
               "    MSH-1 Field Separator: |\n"
               "    MSH-2 Encoding Characters: ^~\\&\n"
               "    MSH-3 Sending Application: HIS\n"
               "    MSH-7 Date/Time Of Message: 20261122\n"
               "    MSH-9 Message Type: ORM^O01\n"
               "      MSG.1 Message Type: ORM\n"
               "      MSG.2 Trigger Event: O01\n"
               "    MSH-10 Message Control ID: O77\n"
               "    MSH-11 Processing ID: P\n"
               "    MSH-12 Version ID: 2.3.1\n"
               "  PATIENT\n"
               "    PID Patient Identification\n"
               "      PID-3[1] Patient Identifier List: S1000042^^^SAMPLE&1.2.3&ISO^MR\n"
               "        CX.1 ID: S1000042\n"
               "        CX.4 Assigning Authority: SAMPLE&1.2.3&ISO\n"
               "          HD.1 Namespace ID: SAMPLE\n"
               "          HD.2 Universal ID: 1.2.3\n"
               "          HD.3 Universal ID Type: ISO (ISO Object Identifier)\n"
               "        CX.5 Identifier Type Code: MR (Medical record number)\n"
               "      PID-3[2] Patient Identifier List: 4711\n"
               "      PID-5 Patient Name: SAMPLE^ADA\n"
               "        XPN.1 Family+last Name: SAMPLE\n"
               "        XPN.2 Given Name: ADA\n"
               "  ORDER\n"
               "    ORC Common Order\n"
               "      ORC-1 Order Control: NW (New order/service)\n"
               "    ZDS (site-defined)\n"
               "      ZDS-1: 1.2.3^GANTRY\n");
}

BOOST_AUTO_TEST_CASE(marks_what_is_not_at_its_place) {
    const auto text = outline_of("MSH|^~\\&|||||||OMI^O23|1|P|2.3.1\rPID|1\rORC|NW\rSCH|1\rPID|2\r");
    BOOST_TEST(contains(text, "OMI_O23 Imaging Order Message, HL7 2.3.1 (structure of 2.5)\n"), text);
    BOOST_TEST(contains(text, "SCH Schedule activity information (not in this structure)\n"), text);
    BOOST_TEST(contains(text, "PID Patient Identification (not at its place)\n"), text);
    BOOST_TEST(contains(outline_of("MSH|^~\\&|||||||XXX^X01|1|P|2.5\rPID|1\r"),
                        "Message of an unknown type, HL7 2.5\n  MSH Message Header\n"));
}

BOOST_AUTO_TEST_CASE(one_line_each) {
    const auto text = outline_of("MSH|^~\\&|||||||ORU^R01|1|P|2.5.1\rOBR|1\rOBX|1|TX|||one\\.br\\two\x01\r");
    BOOST_TEST(contains(text, "OBX-5 Observation Value: one two \n"), text);
}

BOOST_AUTO_TEST_SUITE_END()
