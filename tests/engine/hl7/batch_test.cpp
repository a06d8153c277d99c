#include "engine/hl7/batch.hpp"

#include "engine/hl7/message.hpp"
#include "tests/engine/hl7/corpus.hpp"

using namespace gantry::hl7;

BOOST_AUTO_TEST_SUITE(batch)

BOOST_AUTO_TEST_CASE(envelopes) {
    const std::string text =
        "\xEF\xBB\xBF\r\nFHS|^~\\&|A\rBHS|^~\\&|A\rMSH|^~\\&|1\rPID|1\rMSH|^~\\&|2\rPID|2\rBTS|2\r"
        "BHS|^~\\&|A\rMSH|^~\\&|3\rBTS|1|x\rFTS|2\r";
    const auto out = split_batch(text);
    BOOST_REQUIRE(out.messages.size() == 3);
    BOOST_TEST(out.messages[0] == "MSH|^~\\&|1\rPID|1\r");
    BOOST_TEST(out.messages[1] == "MSH|^~\\&|2\rPID|2\r");
    BOOST_TEST(out.messages[2] == "MSH|^~\\&|3\r");
    BOOST_TEST(out.enveloped);
    BOOST_TEST(out.announced.value_or(0) == 3);
}

BOOST_AUTO_TEST_CASE(without_an_envelope) {
    const auto out = split_batch("MSH|^~\\&|1\r\nPID|1\r\n\r\nMSH|^~\\&|2\r\nNTE|MSH|BTS|\r\nBTSX|no\r\nMSHA\r\n");
    BOOST_REQUIRE(out.messages.size() == 2);
    BOOST_TEST(out.messages[0] == "MSH|^~\\&|1\r\nPID|1\r\n\r\n");
    BOOST_TEST(!out.enveloped);
    BOOST_TEST(!out.announced.has_value());
    BOOST_TEST(split_batch("").messages.empty());
    BOOST_TEST(split_batch("PID|1\r").messages.empty());
    BOOST_TEST(split_batch("BHS|^~\\&\rBTS|0\r").messages.empty());
    BOOST_TEST(!split_batch("BHS|^~\\&\rBTS\r").announced.has_value());
}

BOOST_AUTO_TEST_CASE(other_delimiters) {
    BOOST_TEST(split_batch("MSH#!@%*#1\rMSH#!@%*#2\rBTS#2\r").messages.size() == 2);
}

BOOST_AUTO_TEST_CASE(corpus) {
    for (const auto& file : hl7_corpus())
        for (const auto message : split_batch(file.bytes).messages)
            BOOST_TEST(message.substr(0, 3) == "MSH", file.name);
}

BOOST_AUTO_TEST_SUITE_END()
