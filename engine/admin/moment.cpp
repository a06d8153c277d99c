#include "engine/admin/moment.hpp"

#include "engine/settings/units.hpp"

namespace gantry::admin {
namespace {

// Takes exactly `digits` digits off the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int out = 0;
    for (const char c : text.substr(0, digits)) {
        if (c < '0' || c > '9') return std::nullopt;
        out = out * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    return out;
}

bool take(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

struct Reading {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    bool possible() const { return valid_date(year, month, day) && hour < 24 && minute < 60 && second < 60; }
};

// The part that follows a separator, where there is one.
bool take_part(std::string_view& text, std::string_view separators, int& part) {
    if (!take(text, separators)) return true;
    const auto number = take_number(text, 2);
    part = number.value_or(0);
    return number.has_value();
}

std::optional<Reading> take_reading(std::string_view& text) {
    Reading out;
    const auto year = take_number(text, 4);
    if (!year || !take(text, "-")) return std::nullopt;
    const auto month = take_number(text, 2);
    if (!month || !take(text, "-")) return std::nullopt;
    const auto day = take_number(text, 2);
    if (!day) return std::nullopt;
    out.year = *year;
    out.month = *month;
    out.day = *day;
    if (!text.empty() && text.front() != 'Z' && text.front() != '+' && text.front() != '-') {
        const bool timed = take(text, "T ");
        const auto hour = take_number(text, 2);
        if (!timed || !hour || text.substr(0, 1) != ":" || !take_part(text, ":", out.minute)) return std::nullopt;
        out.hour = *hour;
        if (!take_part(text, ":", out.second)) return std::nullopt;
    }
    return out.possible() ? std::optional(out) : std::nullopt;
}

// Minutes east of UTC; nothing for what is no offset.
std::optional<int> offset_of(std::string_view text) {
    if (text == "Z") return 0;
    const int sign = text.substr(0, 1) == "-" ? -1 : 1;
    if (!take(text, "+-")) return std::nullopt;
    const auto hours = take_number(text, 2);
    (void)take(text, ":");
    const auto minutes = take_number(text, 2);
    if (!hours || !minutes || !text.empty() || *hours > 14 || *minutes > 59) return std::nullopt;
    return sign * (*hours * 60 + *minutes);
}

}  // namespace

std::optional<Instant> moment_of(std::string_view text, const Zone& zone, Instant now) {
    if (const auto ago = settings::parse_duration(text)) return Instant{now.micros - ago->count() * 1000};
    const auto reading = take_reading(text);
    if (!reading) return std::nullopt;
    const auto& r = *reading;
    if (text.empty()) return zone.at(r.year, r.month, r.day, r.hour, r.minute, r.second).at;
    const auto offset = offset_of(text);
    if (!offset) return std::nullopt;
    const auto minutes = days_from_civil(r.year, r.month, r.day) * 1440 + std::int64_t{60} * r.hour + r.minute;
    const auto seconds = minutes * 60 + r.second;
    return Instant{(seconds - std::int64_t{*offset} * 60) * 1'000'000};
}

}  // namespace gantry::admin
