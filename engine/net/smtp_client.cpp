#include "engine/net/smtp_client.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

#include "engine/net/base64.hpp"
#include "engine/net/client.hpp"
#include "engine/net/socket_stream.hpp"
#include "engine/net/tls_session.hpp"

namespace gantry::net {
namespace {

constexpr milliseconds between_looks{50};
constexpr std::size_t longest_reply = 16u << 10;
constexpr const char* week_days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// RFC 5322 3.3, in UTC.
std::string date_of(Instant at) {
    static const Zone utc("UTC");
    const auto local = utc.local(at);
    const auto day = days_from_civil(local.year, local.month, local.day);
    std::array<char, 64> out{};
    std::snprintf(out.data(), out.size(), "%s, %02d %s %04d %02d:%02d:%02d +0000", week_days[((day % 7) + 7) % 7],
                  local.day, months[local.month - 1], local.year, local.hour, local.minute, local.second);
    return out.data();
}

class Conversation {
  public:
    Conversation(std::unique_ptr<SocketStream> stream, TimePoint deadline, std::stop_token stop)
        : stream_(std::move(stream)), deadline_(deadline), stop_(std::move(stop)) {}

    // One command, and its reply of the class 2 or 3 that is expected. step: for people.
    Result<void> say(const std::string& line, char expected, const char* step) {
        const auto bytes = line + "\r\n";
        if (auto sent = stream_->write(bytes.data(), bytes.size(), left()); !sent) return sent;
        return hear(expected, step);
    }
    Result<void> hear(char expected, const char* step) {
        const auto code = reply();
        if (!code) return code.error();
        if (code->front() == expected) return {};
        return Error{ErrorCode::net_refused, stream_->peer().text() + ", it answered " + *code + " to " + step, {}};
    }
    bool offers(std::string_view extension) const { return offers_.find(extension) != std::string::npos; }

    Result<void> shake_hands(std::unique_ptr<TlsSession> session) {
        // What somebody put behind the reply to STARTTLS in plain text must not be read as if it had come through TLS.
        if (!buffer_.empty()) return Error{ErrorCode::net_refused, "it spoke before TLS began", {}};
        return stream_->shake_hands(std::move(session), deadline_, stop_);
    }

  private:
    milliseconds left() const { return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(deadline_ - now())); }

    // The three digits of the last line (RFC 5321 4.2); the other lines are the extensions of EHLO.
    Result<std::string> reply() {
        offers_.clear();
        for (std::size_t heard = 0; heard < longest_reply;) {
            const auto end = buffer_.find("\r\n");
            if (end == std::string::npos) {
                std::array<char, 4096> piece;
                const auto got = stream_->read(piece.data(), piece.size(), std::min(left(), between_looks));
                if (stop_.stop_requested()) return Error{ErrorCode::net_closed, "interrupted", {}};
                if (!got && got.error().code == ErrorCode::net_timeout && left() > milliseconds(0)) continue;
                if (!got) return got.error();
                if (*got == 0) return Error{ErrorCode::net_closed, stream_->peer().text(), {}};
                buffer_.append(piece.data(), *got);
                heard += *got;
                continue;
            }
            const auto line = buffer_.substr(0, end);
            buffer_.erase(0, end + 2);
            const auto digit = [](unsigned char c) { return std::isdigit(c) != 0; };
            if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, digit)) break;
            offers_ += line.substr(std::min<std::size_t>(4, line.size())) + "\n";
            if (line.size() == 3 || line[3] != '-') return line.substr(0, 3);
        }
        return Error{ErrorCode::net_refused, stream_->peer().text() + ", what answers does not speak SMTP", {}};
    }

    std::unique_ptr<SocketStream> stream_;
    const TimePoint deadline_;
    const std::stop_token stop_;
    std::string buffer_, offers_;
};

// EHLO, TLS where it is to be, EHLO again.
Result<void> greet(Conversation& talk, const SmtpServer& server) {
    const std::string hello = "EHLO gantry.invalid";
    if (auto heard = talk.hear('2', "the connection"); !heard) return heard;
    if (auto said = talk.say(hello, '2', "EHLO"); !said) return said;
    if (server.security != SmtpSecurity::starttls) return {};
    if (!talk.offers("STARTTLS")) return Error{ErrorCode::net_refused, server.host + " does not offer STARTTLS", {}};
    if (auto said = talk.say("STARTTLS", '2', "STARTTLS"); !said) return said;
    auto session = server.tls->session(server.host);
    if (!session) return session.error();
    if (auto shaken = talk.shake_hands(std::move(*session)); !shaken) return shaken;
    return talk.say(hello, '2', "EHLO");
}

Result<void> converse(Conversation& talk, const SmtpServer& server, const Mail& mail) {
    if (auto greeted = greet(talk, server); !greeted) return greeted;
    if (!server.user.empty()) {
        const auto secret = std::string("\0", 1) + server.user + std::string("\0", 1) + server.password.reveal();
        if (auto said = talk.say("AUTH PLAIN " + base64(secret), '2', "AUTH"); !said) return said;
    }
    if (auto said = talk.say("MAIL FROM:<" + mail.from + ">", '2', "MAIL"); !said) return said;
    for (const auto& to : mail.to)
        if (auto said = talk.say("RCPT TO:<" + to + ">", '2', "RCPT"); !said) return said;
    if (auto said = talk.say("DATA", '3', "DATA"); !said) return said;
    if (auto said = talk.say(mail_text(mail) + ".", '2', "the mail"); !said) return said;
    (void)talk.say("QUIT", '2', "QUIT");
    return {};
}

}  // namespace

bool is_mail_address(const std::string& text) {
    const auto plain = [](unsigned char c) {
        return c > 0x20 && c < 0x7f && std::string_view("<>()[]\\,;:\"").find(char(c)) == std::string_view::npos;
    };
    const auto at = text.find('@');
    return text.size() <= 254 && at != std::string::npos && at > 0 && at + 1 < text.size() &&
           text.find('@', at + 1) == std::string::npos && std::all_of(text.begin(), text.end(), plain);
}

std::string mail_text(const Mail& mail) {
    std::string to;
    for (const auto& one : mail.to) to += (to.empty() ? "" : ", ") + one;
    std::string out = "From: Gantry <" + mail.from + ">\r\nTo: " + to + "\r\nSubject: " + mail.subject +
                      "\r\nDate: " + date_of(mail.date) + "\r\nMessage-ID: <" + mail.id +
                      ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    const auto encoded = base64(mail.text);
    for (std::size_t at = 0; at < encoded.size(); at += 76) out += encoded.substr(at, 76) + "\r\n";
    return out;
}

Result<void> send_mail(const SmtpServer& server, const Mail& mail, milliseconds timeout, const std::stop_token& stop) {
    const auto deadline = now() + timeout;
    auto* tls = server.security == SmtpSecurity::tls ? server.tls.get() : nullptr;
    auto stream = connect(tls, server.host, server.port, timeout, stop);
    if (!stream) return stream.error();
    // connect() makes nothing else.
    std::unique_ptr<SocketStream> socket(dynamic_cast<SocketStream*>(stream->release()));
    Conversation talk(std::move(socket), deadline, stop);
    return converse(talk, server, mail);
}

}  // namespace gantry::net
