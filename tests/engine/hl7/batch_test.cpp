#include "engine/hl7/batch.hpp"

#include "engine/hl7/batch_answer.hpp"
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
    BOOST_TEST(out.enveloped());
    BOOST_TEST(out.announced.value_or(0) == 3);
    BOOST_REQUIRE(out.groups.size() == 2);
    BOOST_TEST(out.groups[0].messages == 2);
    BOOST_TEST(out.groups[1].messages == 1);
    BOOST_TEST(out.groups[1].announced.value_or(0) == 1);
    BOOST_TEST(out.file_announced.value_or(0) == 2);
    BOOST_TEST(out.file_header == "FHS|^~\\&|A");
}

BOOST_AUTO_TEST_CASE(answers_keep_the_envelope) {
    const std::string sent =
        "FHS|^~\\&|A|a|B|b|2026||f.hl7||F1\rBHS|^~\\&|A|a|B|b|||||B1\rMSH|^~\\&|1\rMSH|^~\\&|2\rBTS|3\r"
        "BHS#*~\\&#A#a#B#b\rMSH|^~\\&|3\rBTS#1\rMSH|^~\\&|loose\rFTS|4\r";
    const BatchAnswer answer(split_batch(sent));
    BOOST_TEST(answer.text({"MSH|^~\\&|||||t1\r1\r", "2\r", "3\r", "MSH|^~\\&|||||t4\r4\r"}) ==
               "FHS|^~\\&|B|b|A|a|t4|||||F1\rBHS|^~\\&|B|b|A|a|t4|||||B1\rMSH|^~\\&|||||t1\r1\r2\r"
               "BTS|2|3 messages announced, 2 found\rBHS#*~\\&#B#b#A#a#t4\r3\rBTS#1\r"
               "MSH|^~\\&|||||t4\r4\rFTS|2|4 batches announced, 2 found\r");
    BOOST_TEST(BatchAnswer(split_batch("MSH|^~\\&|1\rMSH|^~\\&|2\r")).text({"1\r", "2\r"}) == "1\r2\r");
    // Delimiters that cannot be used: the answer uses the recommended ones.
    BOOST_TEST(BatchAnswer(split_batch("BHS|^^^^|A^|\rMSH|^~\\&|1\r")).text({"1\r"}) ==
               "BHS|^~\\&|||A\\S\\\r1\rBTS|1\r");
}

BOOST_AUTO_TEST_CASE(most_messages_are_known_to_be_no_batch_at_once) {
    BOOST_TEST(!may_be_batch("MSH|^~\\&|1\rPID|1\r"));
    BOOST_TEST(!may_be_batch("\xEF\xBB\xBF\r\nMSH|^~\\&|1\rNTE|MSH\r"));
    for (const char* text : {"BHS|", "FHS|^~\\&\rMSH", "MSH|^~\\&|1\nMSH|2", "MSH|^~\\&|1\rBHS|2", ""})
        BOOST_TEST(may_be_batch(text), text);
    for (const auto& file : hl7_corpus()) {
        const auto batch = split_batch(file.bytes);
        if (batch.several()) BOOST_TEST(may_be_batch(file.bytes), file.name);
    }
}

BOOST_AUTO_TEST_CASE(without_an_envelope) {
    const auto out = split_batch("MSH|^~\\&|1\r\nPID|1\r\n\r\nMSH|^~\\&|2\r\nNTE|MSH|BTS|\r\nBTSX|no\r\nMSHA\r\n");
    BOOST_REQUIRE(out.messages.size() == 2);
    BOOST_TEST(out.messages[0] == "MSH|^~\\&|1\r\nPID|1\r\n\r\n");
    BOOST_TEST(!out.enveloped());
    BOOST_TEST(out.several());
    BOOST_TEST(!split_batch("MSH|^~\\&|1\rPID|1\rBTS|1\r").several());
    BOOST_TEST(split_batch("FHS|^~\\&\rMSH|^~\\&|1\r").several());
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
