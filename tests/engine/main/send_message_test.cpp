#include "engine/main/send_message.hpp"

namespace gantry {
namespace {

const std::string order =
    "MSH|^~\\&|HIS|HOSP|G|R|20261123||ORM^O01|M1|P|2.3.1\r"
    "PID|1||S1000042^^^X^MR~V9^^^X^AN||SAMPLE^ADA\r"
    "ORC|NW|P7^HIS|F7^RIS||SC\r"
    "OBR|1|P7^HIS|F7^RIS|CT||||||||||||||A7\r"
    "ORC|NW|P8^HIS\r"
    "OBR|2|P8^HIS||CT||||||||||||||A8\r"
    "ZDS|1.2.3^G^Application^DICOM\r";

std::string copy_of(const MessageTemplate& made, std::uint64_t serial, std::string& control_id) {
    std::string frame;
    made.write("RUN-", serial, frame, control_id);
    return frame;
}

BOOST_AUTO_TEST_SUITE(send_message)

BOOST_AUTO_TEST_CASE(line_ends_become_carriage_returns) {
    const auto with_lf = messages_in("MSH|^~\\&|A\nPID|1\n");
    BOOST_REQUIRE_EQUAL(with_lf.size(), 1);
    BOOST_TEST(with_lf[0] == "MSH|^~\\&|A\rPID|1\r");
    BOOST_TEST(messages_in("MSH|^~\\&|A\r\nPID|1")[0] == "MSH|^~\\&|A\rPID|1\r");
    // Not the end of a segment: somebody forgot to escape it.
    BOOST_TEST(messages_in("MSH|^~\\&|A\rNTE|1||a\nb\r")[0] == "MSH|^~\\&|A\rNTE|1||a\nb\r");
}

BOOST_AUTO_TEST_CASE(a_file_holds_several_messages) {
    const auto batch = messages_in("BHS|^~\\&|A\rMSH|^~\\&|1\rMSH|^~\\&|2\rBTS|2\r");
    BOOST_REQUIRE_EQUAL(batch.size(), 2);
    BOOST_TEST(batch[1] == "MSH|^~\\&|2\r");
    const auto framed = messages_in("\x0bMSH|^~\\&|1\r\x1c\r\x0bMSH|^~\\&|2\r\x1c\r");
    BOOST_REQUIRE_EQUAL(framed.size(), 2);
    BOOST_TEST(framed[1] == "MSH|^~\\&|2\r");
    const auto broken = messages_in("garbage");
    BOOST_REQUIRE_EQUAL(broken.size(), 1);
    BOOST_TEST(broken[0] == "garbage");
}

BOOST_AUTO_TEST_CASE(copies_have_numbers_of_their_own) {
    const auto made = MessageTemplate::make(order);
    BOOST_REQUIRE(made.ok());
    std::string control_id;
    BOOST_TEST(copy_of(*made, 12, control_id) ==
               "\x0bMSH|^~\\&|HIS|HOSP|G|R|20261123||ORM^O01|RUN-12|P|2.3.1\r"
               "PID|1||S12^^^X^MR~V9^^^X^AN||SAMPLE^ADA\r"
               "ORC|NW|P12^HIS|F12^RIS||SC\r"
               "OBR|1|P12^HIS|F12^RIS|CT||||||||||||||A12\r"
               "ORC|NW|P12-2^HIS\r"
               "OBR|2|P12-2^HIS||CT||||||||||||||A12-2\r"
               "ZDS|1.2.3.12^G^Application^DICOM\r\x1c\r");
    BOOST_TEST(control_id == "RUN-12");
}

BOOST_AUTO_TEST_CASE(verbatim_copies_are_the_same_bytes) {
    std::string control_id;
    BOOST_TEST(copy_of(MessageTemplate::verbatim(order), 12, control_id) == "\x0b" + order + "\x1c\r");
    BOOST_TEST(control_id == "M1");
}

BOOST_AUTO_TEST_CASE(what_is_no_message_cannot_be_copied) {
    BOOST_TEST(!MessageTemplate::make("garbage").ok());
}

BOOST_AUTO_TEST_CASE(codes_of_answers) {
    BOOST_TEST(acknowledgment_code("MSH|^~\\&|\rMSA|AE|M1\r") == "AE");
    BOOST_TEST(acknowledgment_code("MSH|^~\\&|\rMSA|") == "");
    BOOST_TEST(acknowledgment_code("") == "");
    BOOST_TEST(accepted("CA"));
    BOOST_TEST(!accepted("AR"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace gantry
