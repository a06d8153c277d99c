// Sending one mail over SMTP (RFC 5321), with STARTTLS (RFC 3207) or TLS from the beginning (RFC 8314), and AUTH PLAIN
// (RFC 4954, 4616). For notices, not for messages that must arrive: nothing is kept, nothing is tried again.
#pragma once
#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/result.hpp"
#include "engine/net/tls.hpp"
#include "engine/settings/secret.hpp"

namespace gantry::net {

enum class SmtpSecurity : std::uint8_t {
    starttls,  // required: a server that does not offer it gets nothing
    tls,       // from the first byte
    none
};

struct SmtpServer {
    std::string host;
    std::uint16_t port = 587;
    SmtpSecurity security = SmtpSecurity::starttls;
    std::shared_ptr<TlsClient> tls;
    std::string user;  // empty: without AUTH
    settings::Secret password;
};

struct Mail {
    std::string from;
    std::vector<std::string> to;
    std::string subject;  // ASCII
    std::string text;     // UTF-8, lines end with \n
    Instant date;
    std::string id;  // of Message-ID, without brackets
};

// "ops@hospital.example", as it can stand in a command and a header: ASCII, one @, no blanks and brackets.
bool is_mail_address(const std::string& text);
// RFC 5322, 2045: the whole message as DATA carries it but for its final dot. In base64, so that no line begins
// with a dot or is too long. Pure.
std::string mail_text(const Mail& mail);

// Blocks for `timeout` in total at most, and for the resolver; a stop that is requested ends it within a moment. Any
// thread. Errors: as connect(); net_refused, whose detail has the reply code of the server and the step, and nothing
// else of what it says.
Result<void> send_mail(const SmtpServer& server, const Mail& mail, std::chrono::milliseconds timeout,
                       const std::stop_token& stop = {});

}  // namespace gantry::net
