// Alarms as a mail. Pure.
#pragma once
#include <string>
#include <vector>

#include "engine/alarms/alarm_board.hpp"
#include "engine/net/smtp_client.hpp"

namespace gantry::alarms {

// host: this machine's name, for the subject. zone: for times. Addresses and Message-ID are left to the caller.
net::Mail alarm_mail(const std::vector<Alarm>& alarms, const std::string& host, Instant now, const Zone& zone);

}  // namespace gantry::alarms
