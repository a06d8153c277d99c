#include "channels/destinations/hl7_reply.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::channels;
using Verdict = runtime::Destination::Verdict;

namespace {

std::string sent_with(const std::string& fields) {
    return "MSH|^~\\&|A|B|C|D|20261123||ORM^O01|" + fields + "\rPID|1||4711^^^HOSP||SMITH^JANE\r";
}

std::string reply_with(const std::string& msa) {
    return "MSH|^~\\&|C|D|A|B|20261123||ACK|R1|P|2.5.1\r" + msa + "\r";
}

// "AA M1", "AE M1 204", …; "none" when it is no acknowledgment.
std::string words(const std::string& reply) {
    std::string out;
    for (const auto& one : read_acknowledgments(reply)) {
        out += (out.empty() ? "" : ", ") + one.code + " " + one.control_id;
        if (one.condition > 0) out += " " + std::to_string(one.condition);
    }
    return out.empty() ? "none" : out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_hl7_reply)

BOOST_AUTO_TEST_CASE(what_was_sent_is_known_by_its_control_id_and_what_it_asks_for) {
    struct Case {
        const char *fields, *control_id;
        Wanted accept, application;
    };
    const Case cases[] = {
        {"M1|P|2.5.1", "M1", Wanted::never, Wanted::always},
        {"M1|P|2.5.1|||||", "M1", Wanted::never, Wanted::always},
        {"M1|P|2.5.1|||AL|AL", "M1", Wanted::always, Wanted::always},
        {"M1|P|2.5.1|||AL", "M1", Wanted::always, Wanted::never},
        {"M1|P|2.5.1||||AL", "M1", Wanted::never, Wanted::always},
        {"M1|P|2.5.1|||NE|NE", "M1", Wanted::never, Wanted::never},
        {"M1|P|2.5.1|||ER|SU", "M1", Wanted::on_error, Wanted::on_success},
        {"M1|P|2.5.1|||\"\"|\"\"", "M1", Wanted::never, Wanted::always},
        {"M1|P|2.5.1|||maybe|NE", "M1", Wanted::always, Wanted::never},
        {" M1 |P", "M1", Wanted::never, Wanted::always},
        {"A\\T\\B|P", "A&B", Wanted::never, Wanted::always},
        {"A^B~C|P", "A^B~C", Wanted::never, Wanted::always},
        {"|P|2.5.1", "", Wanted::never, Wanted::always},
        {"\"\"|P|2.5.1", "", Wanted::never, Wanted::always},
    };
    for (const auto& [fields, control_id, accept, application] : cases) {
        BOOST_TEST_CONTEXT(fields) {
            const auto sent = read_sent(sent_with(fields));
            BOOST_TEST(sent.control_id == control_id);
            BOOST_CHECK(sent.accept == accept);
            BOOST_CHECK(sent.application == application);
        }
    }
    BOOST_TEST(read_sent("not HL7").control_id == "");
    BOOST_CHECK(read_sent("not HL7").application == Wanted::always);
}

BOOST_AUTO_TEST_CASE(every_msa_of_a_reply_is_read_whatever_is_around_it) {
    const struct {
        std::string reply, words;
    } cases[] = {
        {reply_with("MSA|AA|M1"), "AA M1"},
        {reply_with("MSA|AA|M1|all well|7||"), "AA M1"},
        {reply_with("MSA| AE | M1 "), "AE M1"},
        {"MSH|^~\\&|C\nMSA|CA|M1\n", "CA M1"},
        {"MSH|^~\\&|C\r\nMSA|CA|M1", "CA M1"},
        {"MSH$%~\\&$C$D\rMSA$AR$A%B\r", "AR A%B"},
        {reply_with("SFT|x\rMSA|AA|M1\rMSA|AE|M2"), "AA M1, AE M2"},
        {reply_with("MSA|AE|A\\T\\B"), "AE A&B"},
        {reply_with("MSA|AA"), "AA "},
        {reply_with("MSA|AA|\"\""), "AA "},
        {reply_with("MSA||M1"), " M1"},
        {reply_with("MSA|OK|M1"), "OK M1"},
        {reply_with("MSA|AE|M1\rERR|||204^Unknown key^HL70357|E"), "AE M1 204"},
        {reply_with("MSA|AE|M1\rERR|||999|W\rERR|||101|E"), "AE M1 101"},
        {reply_with("MSA|AE|M1\rERR|||204\rERR|||101"), "AE M1 204"},
        {reply_with("MSA|AE|M1\rERR|PID^1^3^205&Duplicate&HL70357"), "AE M1 205"},
        {reply_with("MSA|AE|M1\rERR|||-1\rERR|||99999999999999999999\rERR|||x"), "AE M1"},
        {reply_with("ERR|||204\rMSA|AE|M1"), "AE M1"},
        {reply_with(std::string("MSA|AA|M\0001", 10)), "AA M1"},  // HL7 has no control characters in it
        {std::string("MSH|^~\\&|\xff\xfe\0\rMSA|AA|M1", 22), "AA M1"},
    };
    for (const auto& [reply, expected] : cases) BOOST_TEST_CONTEXT(reply) BOOST_TEST(words(reply) == expected);
}

BOOST_AUTO_TEST_CASE(what_is_no_acknowledgment_is_none) {
    const std::string cases[] = {"",
                                 "MSA|AA|M1\r",
                                 "MSH|^~\\&|C\r",
                                 "MSH\rMSA|AA|M1\r",
                                 "MSHaaaa\rMSAaAAaM1\r",
                                 "PID|1\rMSH|^~\\&|C\rMSA|AA|M1\r",
                                 "HTTP/1.1 400 Bad Request\r\n\r\nMSA|AA|M1",
                                 "MSH|^~\\&|C\r MSA|AA|M1\r",
                                 "MSH|^~\\&|C\rMSA^AA^M1\r",
                                 "BHS|^~\\&|C\rMSH|^~\\&|C\rMSA|AA|M1\rBTS|1\r",
                                 std::string("M\0S\0H\0|\0^\0~\0\\\0&\0", 16),
                                 std::string(3, '\0'),
                                 "\x06"};
    for (const auto& reply : cases) BOOST_TEST_CONTEXT(reply) BOOST_TEST(words(reply) == "none");
}

BOOST_AUTO_TEST_CASE(each_code_has_its_action) {
    struct Case {
        const char* code;
        Verdict verdict;
    };
    const Case defaults[] = {{"AA", Verdict::delivered}, {"CA", Verdict::delivered}, {"AE", Verdict::refused},
                             {"AR", Verdict::retry},     {"CE", Verdict::retry},     {"CR", Verdict::refused},
                             {"", Verdict::held},        {"aa", Verdict::held},      {"OK", Verdict::held},
                             {"AAA", Verdict::held}};
    for (const auto& [code, verdict] : defaults)
        BOOST_TEST_CONTEXT(code) BOOST_CHECK(answer_to({code, "M1", 0}, {}).verdict == verdict);

    ReplyActions changed;
    changed.ae = ReplyAction::hold;
    changed.cr = ReplyAction::retry;
    changed.ar = ReplyAction::done;
    changed.other = ReplyAction::dead;
    BOOST_CHECK(answer_to({"AE", "M1", 0}, changed).verdict == Verdict::held);
    BOOST_CHECK(answer_to({"CR", "M1", 0}, changed).verdict == Verdict::retry);
    BOOST_CHECK(answer_to({"AR", "M1", 0}, changed).verdict == Verdict::delivered);
    BOOST_CHECK(answer_to({"??", "M1", 0}, changed).verdict == Verdict::refused);
    BOOST_CHECK(answer_to({"AA", "M1", 0}, changed).verdict == Verdict::delivered);
}

BOOST_AUTO_TEST_CASE(the_detail_names_the_code_and_the_condition_and_nothing_of_the_patient) {
    const auto one = read_acknowledgments(reply_with("MSA|AE|M1|SMITH^JANE unknown\rERR|||204^SMITH^JANE|E||||SMITH"));
    BOOST_REQUIRE_EQUAL(one.size(), 1u);
    BOOST_TEST(answer_to(one[0], {}).detail == "AE: 204 Unknown key identifier");
    BOOST_TEST(answer_to({"SMITH", "JANE", 0}, {}).detail == "an acknowledgment code that HL7 does not know");
    BOOST_TEST(answer_to({"AA", "M1", 0}, {}).detail == "AA");
}

BOOST_AUTO_TEST_CASE(the_actions_are_read_by_code) {
    const auto value = json::parse(R"({"AR": "dead", "*": "retry"})");
    BOOST_REQUIRE(value.ok());
    json::Diagnostics problems("channel.json");
    const auto actions = reply_actions_schema().read(*value, "", problems, {});
    BOOST_TEST(problems.all().empty());
    BOOST_CHECK(actions.of("AR") == ReplyAction::dead);
    BOOST_CHECK(actions.of("ZZ") == ReplyAction::retry);
    BOOST_CHECK(actions.of("AE") == ReplyAction::dead);  // as it is by itself

    const auto wrong = json::parse(R"({"AX": "done", "AE": "ignore"})");
    json::Diagnostics found("channel.json");
    (void)reply_actions_schema().read(*wrong, "", found, {});
    BOOST_TEST(found.all().size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_becomes_of_a_message_by_the_number_that_is_expected) {
    const struct {
        std::int64_t expected;
        bool sent_before;
        std::string becomes;
        std::int64_t next;
    } rows[] = {
        {7, false, "goes on", 0},       {7, true, "goes on", 0},       {-1, false, "goes on", 0},
        {8, true, "is there", 0},       {8, false, "waits", 8},  // somebody else's was taken under it
        {6, false, "is renumbered", 6}, {1, true, "is renumbered", 1}, {9, true, "waits", 9},
        {0, false, "waits", 0},         {-2, true, "waits", 0},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.expected << " " << row.sent_before) {
            SentMessage message;
            message.number = 7;
            message.sent_before = row.sent_before;
            const auto answer = out_of_turn(message, row.expected);
            const std::string becomes = !answer                                                       ? "goes on"
                                        : answer->verdict == runtime::Destination::Verdict::delivered ? "is there"
                                        : answer->verdict == runtime::Destination::Verdict::retry     ? "is renumbered"
                                                                                                      : "waits";
            BOOST_TEST(becomes == row.becomes);
            BOOST_TEST((answer ? answer->next_number : 0) == row.next);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
