#include "fhir/resources/moments.hpp"

#include <chrono>
#include <cstdio>
#include <optional>

#include "fhir/resources/extensions.hpp"

namespace gantry::fhir {
namespace {

struct Reading {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

bool all_digits(std::string_view text) {
    return text.find_first_not_of("0123456789") == std::string_view::npos;
}

int number(std::string_view digits) {
    int out = 0;
    for (const char c : digits) out = out * 10 + (c - '0');
    return out;
}

// Without its offset: 8, 12 or 14 digits that the calendar and the clock have.
std::optional<Reading> reading_of(std::string_view digits) {
    if ((digits.size() != 8 && digits.size() != 12 && digits.size() != 14) || !all_digits(digits)) return std::nullopt;
    Reading out{number(digits.substr(0, 4)), number(digits.substr(4, 2)), number(digits.substr(6, 2))};
    if (digits.size() > 8) out.hour = number(digits.substr(8, 2)), out.minute = number(digits.substr(10, 2));
    if (digits.size() > 12) out.second = number(digits.substr(12, 2));
    const bool possible =
        out.year > 0 && valid_date(out.year, out.month, out.day) && out.hour < 24 && out.minute < 60 && out.second < 60;
    return possible ? std::optional(out) : std::nullopt;
}

std::string day_of(std::string_view digits) {
    return std::string(digits.substr(0, 4))
        .append("-")
        .append(digits.substr(4, 2))
        .append("-")
        .append(digits.substr(6, 2));
}

std::string_view without_offset(std::string_view moment) {
    return moment.substr(0, moment.find_first_of("+-"));
}

// "+01:00" of "+0100"; nothing for what FHIR does not have.
std::optional<std::string> offset_sent(std::string_view offset) {
    if (offset.size() != 5 || !all_digits(offset.substr(1))) return std::nullopt;
    const int hours = number(offset.substr(1, 2)), minutes = number(offset.substr(3));
    if (minutes > 59 || hours > 14 || (hours == 14 && minutes > 0)) return std::nullopt;
    return std::string(offset.substr(0, 3)).append(":").append(offset.substr(3));
}

std::string offset_of_zone(const Reading& reading, const Zone* zone) {
    if (!zone) return "Z";
    const auto& r = reading;
    const int minutes = zone->at(r.year, r.month, r.day, r.hour, r.minute, r.second).offset_minutes;
    char text[16];
    const int size = std::abs(minutes);
    std::snprintf(text, sizeof text, "%c%02d:%02d", minutes < 0 ? '-' : '+', size / 60 % 100, size % 60);
    return text;
}

}  // namespace

std::string instant_of(Instant at) {
    using namespace std::chrono;
    const auto whole = sys_time<microseconds>(microseconds(at.micros));
    const auto day = floor<days>(whole);
    const year_month_day date(day);
    const auto time = duration_cast<milliseconds>(whole - day).count();
    char text[48];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time / 3'600'000), static_cast<int>(time / 60'000 % 60),
                  static_cast<int>(time / 1000 % 60), static_cast<int>(time % 1000));
    return text;
}

std::string date_of(std::string_view date) {
    return date.size() == 8 && reading_of(date) ? day_of(date) : std::string();
}

bool has_time_of_day(std::string_view moment) {
    return without_offset(moment).size() > 8;
}

std::string date_time_of(std::string_view moment, const Zone* zone) {
    const auto digits = without_offset(moment);
    const auto reading = reading_of(digits);
    if (!reading) return {};
    auto out = day_of(digits);
    if (digits.size() == 8) return out;
    const auto sent = moment.substr(digits.size());
    const auto offset = sent.empty() ? offset_of_zone(*reading, zone) : offset_sent(sent);
    if (!offset) return out;
    out.append("T").append(digits.substr(8, 2)).append(":").append(digits.substr(10, 2)).append(":");
    return out.append(digits.size() > 12 ? digits.substr(12, 2) : "00").append(*offset);
}

void write_date_time(ResourceWriter& out, std::string_view name, std::string_view moment, const Zone* zone) {
    out.word(name, date_time_of(moment, zone));
}

void write_instant(ResourceWriter& out, std::string_view name, std::string_view extended, std::string_view moment,
                   const Zone* zone) {
    const auto text = date_time_of(moment, zone);
    if (text.size() > 10) return out.word(name, text);
    if (text.empty()) return;
    out.object(extended, [&] {
        out.array("extension", [&] {
            out.object({}, [&] {
                out.word("url", extensions::day_only);
                out.word("valueDate", text);
            });
        });
    });
}

}  // namespace gantry::fhir
