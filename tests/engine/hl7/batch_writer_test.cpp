#include "engine/hl7/batch_writer.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/hl7/batch.hpp"

using namespace gantry::hl7;

namespace {

std::string message(const std::string& control_id, const std::string& more = {}) {
    return "MSH|^~\\&|HIS|HOSP|RIS|RAD|20261122080000||ORM^O01|" + control_id + "|P|2.5\rPID|1\r" + more;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hl7_batch_writer)

BOOST_AUTO_TEST_CASE(what_is_written_is_what_is_read) {
    const std::vector<std::string> all{message("M1"), message("M2", "NTE|1||\xfc bytes\r"), message("M3")};
    for (const bool file : {false, true}) {
        const auto text = write_batch({all.begin(), all.end()}, "7-1", file);
        const auto batch = split_batch(text);
        BOOST_TEST(batch.messages == std::vector<std::string_view>(all.begin(), all.end()),
                   boost::test_tools::per_element());
        BOOST_REQUIRE_EQUAL(batch.groups.size(), 1u);
        BOOST_TEST(batch.groups[0].header == "BHS|^~\\&|||||||||7-1");
        BOOST_TEST(batch.announced.value() == 3u);
        BOOST_TEST(batch.file_header == (file ? "FHS|^~\\&|||||||||7-1" : ""));
        BOOST_TEST(batch.file_announced.value_or(0) == (file ? 1u : 0u));
    }
}

BOOST_AUTO_TEST_CASE(the_whole_text) {
    BOOST_TEST(write_batch({"MSH#*~\\&#A", "MSH|^~\\&|B\r"}, "n", true) ==
               "FHS#*~\\&#########n\rBHS#*~\\&#########n\rMSH#*~\\&#A\rMSH|^~\\&|B\rBTS#2\rFTS#1\r");
    BOOST_TEST(write_batch({"\nMSH|^~\\&|A\n"}, "n", false) == "BHS|^~\\&|||||||||n\rMSH|^~\\&|A\nBTS|1\r");
}

BOOST_AUTO_TEST_CASE(only_single_messages_can_be_in_a_batch) {
    for (const auto& single : {message("M1"), std::string("MSH|^~\\&|A"), message("M1", "NTE|1||MSH|BTS|FTS\r"),
                               message("M1", "ZBT|BTS\r"), "\r\n" + message("M1")})
        BOOST_TEST(is_single_message(single), single);
    for (const auto& other : {std::string(), std::string("{}"), std::string("MSH"), message("M1") + message("M2"),
                              "BHS|^~\\&\r" + message("M1") + "BTS|1\r", message("M1") + "BTS|1\r",
                              message("M1") + "FTS\r", message("M1", "FHS|^~\\&\r")})
        BOOST_TEST(!is_single_message(other), other);
}

BOOST_AUTO_TEST_SUITE_END()
