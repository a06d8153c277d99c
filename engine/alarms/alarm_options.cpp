#include "engine/alarms/alarm_options.hpp"

#include <algorithm>

namespace gantry::alarms {
namespace {

using net::SmtpSecurity;

bool is_here(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string wrong_user(const SmtpOptions& options) {
    const bool open = options.security == SmtpSecurity::none && !is_here(options.host);
    return open ? "a password is not sent in plain text: security must be starttls or tls" : "";
}

std::string wrong_address(const std::string& address) {
    return net::is_mail_address(address) ? "" : "\"" + address + "\" is not an address such as ops@hospital.example";
}

std::string wrong_to(const AlarmOptions& options) {
    for (const auto& address : options.to)
        if (auto wrong = wrong_address(address); !wrong.empty()) return wrong;
    return {};
}

const settings::Schema<SmtpOptions>& smtp_schema() {
    using Options = SmtpOptions;
    using std::chrono::milliseconds, std::chrono::minutes;
    static const auto schema =
        settings::Schema<Options>("smtp", "The mail server that alarms are given to.")
            .option("host", &Options::host, "name or address of the server")
            .required()
            .example("\"mail.hospital.example\"")
            .option("port", &Options::port, "its TCP port")
            .range(1, 65535)
            .option("security", &Options::security,
                    "starttls: TLS after the greeting, or nothing is sent; tls, from the first byte (port 465); none",
                    {{"starttls", SmtpSecurity::starttls}, {"tls", SmtpSecurity::tls}, {"none", SmtpSecurity::none}})
            .object("tls", &Options::tls, net::tls_client_schema(), "whom to trust")
            .option("user", &Options::user, "the account, where the server wants one")
            .check(wrong_user)
            .option("password", &Options::password, "of the account")
            .option("timeout", &Options::timeout, "for one mail")
            .range(milliseconds(100), minutes(10));
    return schema;
}

}  // namespace

const settings::Schema<AlarmOptions>& alarm_schema() {
    using Options = AlarmOptions;
    using std::chrono::hours, std::chrono::seconds;
    static const auto schema =
        settings::Schema<Options>("alarms", "E-mail to people about what needs them; see docs/specs/alarms.md.")
            .object("smtp", &Options::smtp, smtp_schema(), "the mail server")
            .required()
            .option("from", &Options::from, "the sender's address")
            .required()
            .example("\"gantry@hospital.example\"")
            .check([](const Options& options) { return wrong_address(options.from); })
            .option("to", &Options::to, "who is told")
            .required()
            .example(R"(["pacs-team@hospital.example"])")
            .check(wrong_to)
            .option("interval", &Options::interval, "between two alarms of one kind at one place; others are counted")
            .range(seconds(1), hours(24 * 7))
            .option("gather", &Options::gather, "between two mails; what comes meanwhile comes together")
            .range(seconds(1), hours(24))
            .option("away_for", &Options::away_for, "a destination where nobody answers for so long is an alarm")
            .range(seconds(1), hours(24 * 7))
            .option("queue_age", &Options::queue_age, "a delivery that has waited for so long is an alarm")
            .range(seconds(1), hours(24 * 30));
    return schema;
}

}  // namespace gantry::alarms
