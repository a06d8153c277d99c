#include "engine/net/smtp_client.hpp"

#include "engine/net/base64.hpp"
#include "tests/engine/net/loopback.hpp"
#include "tests/support/mail_server.hpp"
#include "tests/support/tls_authority.hpp"

namespace gantry::net {
namespace {

using gantry::testing::MailServer;
using gantry::testing::TlsAuthority;

Mail some_mail() {
    return {"gantry@a.example",
            {"ops@b.example", "pacs@b.example"},
            "Gantry: alarm",
            ".\nGr\xc3\xbc\xc3\x9f"
            "e\n",
            Instant{1'795'424'400'000'000},
            "1@a.example"};
}

SmtpServer server_at(std::uint16_t port, SmtpSecurity security) {
    SmtpServer out;
    out.host = "localhost";
    out.port = port;
    out.security = security;
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(smtp_client)

BOOST_AUTO_TEST_CASE(a_mail_arrives_with_its_headers) {
    MailServer mails;
    const auto sent = send_mail(server_at(mails.port(), SmtpSecurity::none), some_mail(), patience);
    BOOST_TEST_REQUIRE(sent.ok());
    const auto mail = mails.wait_for(1).at(0);
    BOOST_TEST(mail.find("To: ops@b.example, pacs@b.example\n") != mail.npos, mail);
    BOOST_TEST(mail.find("Date: Mon, 23 Nov 2026 09:00:00 +0000\n") != mail.npos, mail);
    BOOST_TEST(mail.find("\n\n" + base64(some_mail().text) + "\n.\n") != mail.npos, mail);
    BOOST_TEST(mails.said().find("MAIL FROM:<gantry@a.example>\nRCPT TO:<ops@b.example>\nRCPT TO:<pacs@b.example>\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(with_starttls_nothing_of_the_mail_or_the_account_is_said_in_plain_text) {
    const TlsAuthority authority;
    authority.issue("mail");
    MailServer mails({authority.server("mail")});
    auto server = server_at(mails.port(), SmtpSecurity::starttls);
    server.tls = std::make_shared<TlsClient>(authority.client());
    server.user = "gantry";
    server.password = settings::Secret("geheim");
    BOOST_TEST_REQUIRE(send_mail(server, some_mail(), patience).ok());
    mails.wait_for(1);
    const auto said = mails.said();
    BOOST_TEST(said.starts_with("EHLO gantry.invalid\nSTARTTLS\nEHLO gantry.invalid (TLS)\nAUTH PLAIN " +
                                base64(std::string("\0gantry\0geheim", 14)) + " (TLS)\nMAIL"),
               said);
    // A server that does not have it, or is another, gets nothing.
    MailServer plain;
    server.port = plain.port();
    BOOST_TEST(send_mail(server, some_mail(), patience).error().detail.find("STARTTLS") != std::string::npos);
    BOOST_TEST(plain.said() == "EHLO gantry.invalid\n");
    const TlsAuthority stranger;
    server.port = mails.port();
    server.tls = std::make_shared<TlsClient>(stranger.client());
    BOOST_TEST(send_mail(server, some_mail(), patience).error().detail.find("not signed by an authority") !=
               std::string::npos);
    BOOST_TEST(mails.wait_for(1).size() == 1u);
}

BOOST_AUTO_TEST_CASE(tls_from_the_first_byte) {
    const TlsAuthority authority;
    authority.issue("mail");
    MailServer mails({authority.server("mail"), true});
    auto server = server_at(mails.port(), SmtpSecurity::tls);
    server.tls = std::make_shared<TlsClient>(authority.client());
    BOOST_TEST(send_mail(server, some_mail(), patience).ok());
    BOOST_TEST(mails.wait_for(1).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_told_by_its_code_and_step) {
    MailServer mails({{}, false, "550 no such person here"});
    const auto sent = send_mail(server_at(mails.port(), SmtpSecurity::none), some_mail(), patience);
    BOOST_REQUIRE(!sent.ok());
    BOOST_TEST(sent.error().detail.ends_with("it answered 550 to RCPT"), sent.error().detail);
}

BOOST_AUTO_TEST_CASE(a_server_that_says_nothing_is_waited_for_until_the_end_of_patience_or_a_stop) {
    const auto silent = listen_on("127.0.0.1", 0);
    BOOST_REQUIRE(silent.ok());
    const auto server = server_at(local_port(silent->get()), SmtpSecurity::none);
    BOOST_TEST((send_mail(server, some_mail(), milliseconds(200)).error().code == ErrorCode::net_timeout));
    std::stop_source stop;
    stop.request_stop();
    BOOST_TEST((send_mail(server, some_mail(), patience, stop.get_token()).error().code == ErrorCode::net_closed));
}

BOOST_AUTO_TEST_CASE(addresses_are_read_strictly) {
    for (const auto* right : {"a@b", "ops+x@hospital.example"}) BOOST_TEST(is_mail_address(right));
    for (const auto* wrong :
         {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nRCPT TO:<c@d>", "<a@b>", "\"a\"@b", "gr\xc3\xbc@b"})
        BOOST_TEST_CONTEXT(wrong) BOOST_TEST(!is_mail_address(wrong));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::net
