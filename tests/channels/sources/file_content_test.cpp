#include "channels/sources/file_content.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/hl7/mllp.hpp"

using namespace gantry;
using channels::FileContent;

namespace {

using Texts = std::vector<std::string>;

Texts messages_of(const FileContent& content) {
    Texts out;
    for (const auto& message : content.messages()) out.emplace_back(message.bytes);
    return out;
}

std::string msh(const std::string& id) {
    return "MSH|^~\\&|A|B|C|D|2026||ADT^A08|" + id + "|P|2.3\r";
}

std::string ack(const std::string& id) {
    return "MSH|^~\\&|C|D|A|B|20261123090000||ACK|R" + id + "|P|2.3\rMSA|AA|" + id + "\r";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_file_content)

BOOST_AUTO_TEST_CASE(plain_messages_with_any_line_ends) {
    const FileContent one(msh("1") + "PID|1\r", 1024);
    BOOST_TEST(messages_of(one) == Texts{msh("1") + "PID|1\r"}, boost::test_tools::per_element());
    BOOST_TEST(one.answer({ack("1")}) == ack("1"));
    const FileContent two("\xEF\xBB\xBF\r\nMSH|^~\\&|A\r\nPID|1\r\n\r\nMSH|^~\\&|B\nPID|2", 1024);
    BOOST_TEST(messages_of(two) == (Texts{"MSH|^~\\&|A\r\nPID|1\r\n\r\n", "MSH|^~\\&|B\nPID|2"}),
               boost::test_tools::per_element());
    BOOST_TEST(two.answer({ack("1"), ack("2")}) == ack("1") + ack("2"));
    for (const auto* content : {&one, &two}) {
        BOOST_TEST(content->problems().empty());
        BOOST_TEST(!content->blank());
    }
}

BOOST_AUTO_TEST_CASE(a_batch_is_its_messages_and_is_answered_as_one) {
    const FileContent content(
        "FHS|^~\\&|A|B|C|D|2026\rBHS|^~\\&|A|B|C|D|2026\r" + msh("1") + msh("2") + "BTS|2\rFTS|1\r", 1024);
    BOOST_TEST(messages_of(content) == (Texts{msh("1"), msh("2")}), boost::test_tools::per_element());
    BOOST_TEST(content.problems().empty());
    const auto answer = content.answer({ack("1"), ack("2")});
    BOOST_TEST(answer.find("FHS|^~\\&|C|D|A|B|") == 0u);
    BOOST_TEST(answer.find(ack("1") + ack("2") + "BTS|2\rFTS|1\r") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_batch_that_is_not_what_it_says_is_a_problem) {
    const FileContent cut("BHS|^~\\&|A\r" + msh("1") + "BTS|3\r", 1024);
    BOOST_TEST(cut.problems() == Texts{"a batch (BTS-1) announces 3 messages, 1 were found"},
               boost::test_tools::per_element());
    BOOST_TEST(cut.messages().size() == 1u);
    const FileContent lost("FHS|^~\\&|A\rBHS|^~\\&|A\r" + msh("1") + "BTS|1\rFTS|2\r", 1024);
    BOOST_TEST(lost.problems() == Texts{"the file (FTS-1) announces 2 batches, 1 were found"},
               boost::test_tools::per_element());
    const FileContent junk("a line of something\r" + msh("1"), 1024);
    BOOST_TEST(junk.problems() == Texts{"20 bytes before the first header belong to no message"},
               boost::test_tools::per_element());
    const FileContent empty("FHS|^~\\&|A\rBHS|^~\\&|A\rBTS|0\rFTS|1\r", 1024);
    BOOST_TEST(empty.messages().empty());
    BOOST_TEST(empty.problems().empty());
    BOOST_TEST(!empty.blank());
    BOOST_TEST(empty.answer({}).find("BTS|0\r") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(frames_are_taken_apart_and_answered_in_frames) {
    const FileContent content("\r\n" + hl7::mllp_frame(msh("1")) + "\n" + hl7::mllp_frame(msh("2") + msh("3")), 1024);
    BOOST_TEST(messages_of(content) == (Texts{msh("1"), msh("2"), msh("3")}), boost::test_tools::per_element());
    BOOST_TEST(content.problems().empty());
    BOOST_TEST(content.answer({ack("1"), ack("2"), ack("3")}) ==
               hl7::mllp_frame(ack("1")) + hl7::mllp_frame(ack("2") + ack("3")));
}

BOOST_AUTO_TEST_CASE(a_frame_that_does_not_end_is_not_taken) {
    const FileContent content(hl7::mllp_frame(msh("1")) + "\v" + msh("2"), 1024);
    BOOST_TEST(messages_of(content) == Texts{msh("1")}, boost::test_tools::per_element());
    BOOST_REQUIRE_EQUAL(content.problems().size(), 1u);
    BOOST_TEST(content.problems()[0].find("does not end") != std::string::npos);
    const FileContent junk(hl7::mllp_frame(msh("1")) + "\x1c\rxx\x1c\r" + hl7::mllp_frame(msh("2")), 1024);
    BOOST_TEST(junk.messages().size() >= 2u);  // what stands between frames is never lost without a word
    BOOST_TEST((junk.messages().size() == 3u || !junk.problems().empty()));
}

BOOST_AUTO_TEST_CASE(a_message_too_large_is_one_all_the_same) {
    const auto large = msh("1") + "NTE|1||" + std::string(10'000, 'x') + "\r";
    const auto check = [](const FileContent& content) {
        BOOST_REQUIRE_EQUAL(content.messages().size(), 2u);
        BOOST_TEST(content.messages()[0].too_large);
        BOOST_TEST(content.messages()[0].bytes.size() == 4096u);
        BOOST_TEST(content.messages()[0].bytes.substr(0, msh("1").size()) == msh("1"));
        BOOST_TEST(!content.messages()[1].too_large);
        BOOST_TEST(content.messages()[1].bytes == msh("2"));
        BOOST_TEST(content.answer({ack("1"), ack("2")}).find("MSA|AA|2") != std::string::npos);
    };
    check(FileContent(large + msh("2"), 8192));
    check(FileContent(hl7::mllp_frame(large) + hl7::mllp_frame(msh("2")), 8192));
}

BOOST_AUTO_TEST_CASE(what_is_no_message_is_one_or_nothing) {
    for (const std::string& text : {std::string(), std::string("\r\n\r\n"), std::string("  \t"),
                                    std::string("\xEF\xBB\xBF"), std::string("\xEF\xBB\xBF\r\n")}) {
        const FileContent content(text, 1024);
        BOOST_TEST(content.blank());
        BOOST_TEST(content.messages().empty());
        BOOST_TEST(content.answer({}) == "");
    }
    const std::string garbage("\x7f\x45\x4c\x46\0\x01\xff", 7);
    const FileContent content(garbage, 1024);
    BOOST_TEST(messages_of(content) == Texts{garbage}, boost::test_tools::per_element());
    BOOST_TEST(content.answer({ack("1")}) == ack("1"));
    BOOST_TEST(!content.blank());
}

BOOST_AUTO_TEST_SUITE_END()
