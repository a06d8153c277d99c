// What engine.json says of alarms: "alarms": {…}.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "engine/alarms/alarm_board.hpp"
#include "engine/net/smtp_client.hpp"
#include "engine/net/tls_options.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::alarms {

struct SmtpOptions {
    std::string host;
    int port = 587;
    net::SmtpSecurity security = net::SmtpSecurity::starttls;
    net::TlsClientOptions tls;
    std::string user;
    settings::Secret password;
    std::chrono::milliseconds timeout = std::chrono::seconds(30);
};

struct AlarmOptions {
    SmtpOptions smtp;
    std::string from;
    std::vector<std::string> to;
    std::chrono::seconds interval = AlarmRules().interval, gather = AlarmRules().gather;
    std::chrono::seconds away_for = AlarmRules().away_for, queue_age = AlarmRules().queue_age;

    AlarmRules rules() const { return {interval, gather, away_for, queue_age}; }
};
const settings::Schema<AlarmOptions>& alarm_schema();

}  // namespace gantry::alarms
