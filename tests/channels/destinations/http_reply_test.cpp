#include "channels/destinations/http_reply.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::channels;
using Options = HttpDestinationOptions;

namespace {

std::string word(const runtime::Destination::Answer& answer) {
    static constexpr const char* words[] = {"delivered", "retry", "refused", "held", "in doubt", "away"};
    return words[static_cast<std::size_t>(answer.verdict)];
}

std::string ack(const std::string& code, const std::string& control_id) {
    return "MSH|^~\\&|C|D|A|B|20261123||ACK|R1|P|2.5.1\rMSA|" + code + "|" + control_id + "\r";
}

net::HttpCall answered(int status, const std::string& body) {
    net::HttpCall out;
    out.end = net::HttpCall::End::answered;
    out.sent = true;
    out.response.status = status;
    out.response.body = body;
    return out;
}

SentMessage message(const std::string& control_id, const std::string& asks = {}) {
    return read_sent("MSH|^~\\&|A|B|C|D|20261123||ORM^O01|" + control_id + "|P|2.5.1|||" + asks + "\r");
}

std::string verdict(int status, const std::string& body, const Options& options = {}) {
    return word(http_answer(answered(status, body), message("M1"), options));
}

Options by_status() {
    Options out;
    out.expect = Options::Expect::status;
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_http_reply)

BOOST_AUTO_TEST_CASE(the_acknowledgment_of_this_message_decides) {
    BOOST_TEST(verdict(200, ack("AA", "M1")) == "delivered");
    BOOST_TEST(verdict(202, ack("CA", "M1")) == "delivered");
    BOOST_TEST(verdict(200, ack("AE", "M1")) == "refused");
    BOOST_TEST(verdict(200, ack("AR", "M1")) == "retry");
    BOOST_TEST(verdict(200, ack("ZZ", "M1")) == "held");
    BOOST_TEST(verdict(200, ack("AA", "M0") + "MSA|AE|M1\r") == "refused");
    Options options;
    options.reply_actions.ae = ReplyAction::hold;
    BOOST_TEST(verdict(200, ack("AE", "M1"), options) == "held");
}

BOOST_AUTO_TEST_CASE(a_success_without_it_is_in_doubt) {
    for (const auto& body :
         {std::string(), ack("AA", "M2"), ack("AA", "M1x"), ack("AA", ""), std::string("MSH|^~\\&|C\r"),
          std::string("<html>accepted</html>"), std::string(100, '\0'), std::string("MSA|AA|M1\r")})
        BOOST_TEST_CONTEXT(body) BOOST_TEST(verdict(200, body) == "in doubt");
    BOOST_TEST(word(http_answer(answered(200, ack("AA", "M1")), message(""), {})) == "in doubt");
    BOOST_TEST(word(http_answer(answered(200, ack("AA", "")), message(""), {})) == "delivered");
}

// As HAPI's own receiver does it.
BOOST_AUTO_TEST_CASE(a_refusal_decides_beside_any_status) {
    BOOST_TEST(verdict(500, ack("AE", "M1")) == "refused");
    BOOST_TEST(verdict(400, ack("AR", "M1")) == "retry");
    BOOST_TEST(verdict(500, ack("AE", "M2")) == "retry");
    BOOST_TEST(verdict(400, ack("AA", "M1")) == "refused");
    BOOST_TEST(verdict(503, ack("AA", "M1")) == "retry");
    BOOST_TEST(http_answer(answered(500, ack("AE", "M1")), message("M1"), {}).detail == "HTTP 500, AE");
}

BOOST_AUTO_TEST_CASE(without_success_the_status_decides) {
    BOOST_TEST(verdict(503, "") == "retry");
    BOOST_TEST(verdict(401, "<html>") == "held");
    BOOST_TEST(verdict(404, "") == "refused");
    BOOST_TEST(verdict(302, "") == "held");
}

BOOST_AUTO_TEST_CASE(with_expect_status_it_always_does) {
    BOOST_TEST(verdict(200, "", by_status()) == "delivered");
    BOOST_TEST(verdict(200, ack("AE", "M1"), by_status()) == "delivered");
    BOOST_TEST(verdict(500, ack("AE", "M1"), by_status()) == "retry");
}

BOOST_AUTO_TEST_CASE(status_actions_come_before_the_acknowledgment) {
    Options options;
    options.status_actions = {{"204", "done"}, {"504", "doubt"}};
    BOOST_TEST(verdict(204, "", options) == "delivered");
    BOOST_TEST(verdict(504, ack("AE", "M1"), options) == "in doubt");
    BOOST_TEST(verdict(200, "", options) == "in doubt");
}

BOOST_AUTO_TEST_CASE(a_message_that_asks_for_no_acknowledgment_needs_none) {
    const auto of = [](const std::string& asks, const std::string& body) {
        return word(http_answer(answered(200, body), message("M1", asks), {}));
    };
    BOOST_TEST(of("NE|NE", "") == "delivered");
    BOOST_TEST(of("ER|NE", "") == "delivered");
    BOOST_TEST(of("NE|AL", "") == "in doubt");
    BOOST_TEST(of("AL|NE", "") == "in doubt");
    BOOST_TEST(of("NE|NE", "<html>") == "in doubt");
    BOOST_TEST(of("NE|NE", ack("AE", "M1")) == "refused");
}

BOOST_AUTO_TEST_CASE(an_acknowledgment_that_may_be_cut_is_none) {
    auto call = answered(200, ack("AA", "M1"));
    call.measured = false;
    BOOST_TEST(word(http_answer(call, message("M1"), {})) == "delivered");
    call.response.body.pop_back();  // of a message M12, perhaps
    BOOST_TEST(word(http_answer(call, message("M1"), {})) == "in doubt");
    call.measured = true;
    BOOST_TEST(word(http_answer(call, message("M1"), {})) == "delivered");
}

BOOST_AUTO_TEST_CASE(a_body_that_is_too_large_hides_an_acknowledgment_but_no_status) {
    const auto of = [](int status, const Options& options) {
        auto call = answered(status, "");
        call.too_large = true;
        return word(http_answer(call, message("M1", "NE|NE"), options));
    };
    BOOST_TEST(of(200, {}) == "in doubt");
    BOOST_TEST(of(404, {}) == "refused");
    BOOST_TEST(of(200, by_status()) == "delivered");
    BOOST_TEST(of(503, by_status()) == "retry");
}

BOOST_AUTO_TEST_CASE(an_answer_before_the_message_was_sent_accepts_nothing) {
    const auto of = [](int status, const std::string& body, const Options& options) {
        auto call = answered(status, body);
        call.sent = false;
        return word(http_answer(call, message("M1"), options));
    };
    BOOST_TEST(of(200, ack("AA", "M1"), {}) == "in doubt");
    BOOST_TEST(of(200, "", by_status()) == "in doubt");
    BOOST_TEST(of(307, "", {}) == "in doubt");
    BOOST_TEST(of(413, "", {}) == "refused");
    BOOST_TEST(of(401, "", by_status()) == "held");
    BOOST_TEST(of(503, "", {}) == "retry");
}

BOOST_AUTO_TEST_CASE(a_receiver_may_say_when_to_come_again) {
    const auto of = [](const std::string& name, const std::string& value) {
        auto call = answered(503, "");
        call.response.headers.emplace_back(name, value);
        return http_answer(call, message("M1"), {}).not_within.count();
    };
    BOOST_TEST(of("Retry-After", "120") == 120);
    BOOST_TEST(of("retry-after", "0") == 0);
    for (const char* value : {"", "-5", "1.5", "5s", "99999999999", "Fri, 31 Dec 1999 23:59:59 GMT"})
        BOOST_TEST_CONTEXT(value) BOOST_TEST(of("Retry-After", value) == 0);
}

BOOST_AUTO_TEST_CASE(details_say_nothing_of_the_answer) {
    for (const auto& body : {ack("AE", "M1") + "ERR|||204^PATIENT 4711\r", std::string("4711"), ack("4711", "M1")})
        for (const int status : {200, 404})
            BOOST_TEST(http_answer(answered(status, body), message("M1"), {}).detail.find("4711") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
