#include "engine/alarms/alarm_mail.hpp"

#include <algorithm>

namespace gantry::alarms {
namespace {

constexpr std::size_t most_lines = 200;

// "2 d 3 h", "3 h 5 min", "5 min".
std::string length_of(std::int64_t micros) {
    const auto minutes = std::max<std::int64_t>(0, micros / 60'000'000);
    const auto pair = [](std::int64_t big, const char* of_big, std::int64_t small, const char* of_small) {
        return std::to_string(big) + of_big + (small > 0 ? " " + std::to_string(small) + of_small : "");
    };
    if (minutes >= 1440) return pair(minutes / 1440, " d", minutes % 1440 / 60, " h");
    return minutes >= 60 ? pair(minutes / 60, " h", minutes % 60, " min") : std::to_string(minutes) + " min";
}

std::string title(const Alarm& alarm) {
    return alarm.kind + (alarm.place.empty() ? "" : " " + alarm.place);
}

std::string line(const Alarm& alarm, Instant now, const Zone& zone) {
    auto out = title(alarm) + "\n    " + alarm.sentence + "\n    ";
    const auto since = zone.local(alarm.first).iso().substr(0, 19);
    if (alarm.lasting) return out + "for " + length_of(now.micros - alarm.first.micros) + ", since " + since + "\n";
    if (alarm.count == 1) return out + "at " + since + "\n";
    return out + std::to_string(alarm.count) + " times since " + since + "\n";
}

// Names of the configuration may have any character; a subject is ASCII here.
std::string ascii(std::string text) {
    for (auto& c : text)
        if (c < 0x20 || c > 0x7e) c = '?';
    return text.substr(0, 200);
}

}  // namespace

net::Mail alarm_mail(const std::vector<Alarm>& alarms, const std::string& host, Instant now, const Zone& zone) {
    net::Mail out;
    out.date = now;
    out.subject = ascii("Gantry " + host + ": " + (alarms.empty() ? std::string() : title(alarms.front())) +
                        (alarms.size() > 1 ? " and " + std::to_string(alarms.size() - 1) + " more" : ""));
    for (std::size_t i = 0; i < alarms.size() && i < most_lines; ++i) out.text += line(alarms[i], now, zone) + "\n";
    if (alarms.size() > most_lines) out.text += "and " + std::to_string(alarms.size() - most_lines) + " more.\n\n";
    out.text +=
        "What waits for a person: gantry queue. What was logged: the log of this engine.\n"
        "Alarms of one kind at one place are not told again before their interval is over.\n";
    return out;
}

}  // namespace gantry::alarms
