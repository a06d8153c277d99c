#include "engine/net/http_date.hpp"

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Timestamp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace gantry::net {
namespace {

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::string_view shape = "ddd, 00 ddd 0000 00:00:00 GMT";
constexpr std::int64_t second = 1'000'000, day = 86'400;

// 0 stands for a digit, d for a letter, everything else for itself.
bool has_shape(std::string_view text) {
    return std::equal(text.begin(), text.end(), shape.begin(), shape.end(), [](char c, char s) {
        const auto byte = static_cast<unsigned char>(c);
        if (s == '0') return std::isdigit(byte) != 0;
        return s == 'd' ? std::isalpha(byte) != 0 : c == s;
    });
}

int number(std::string_view digits) {
    int out = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return out;
}

}  // namespace

std::string http_date(Instant at) {
    return Poco::DateTimeFormatter::format(Poco::Timestamp(at.micros), Poco::DateTimeFormat::HTTP_FORMAT);
}

std::optional<Instant> read_http_date(std::string_view text) {
    if (!has_shape(text)) return std::nullopt;
    const auto* const month = std::find(months.begin(), months.end(), text.substr(8, 3));
    const int year = number(text.substr(12, 4)), which = static_cast<int>(month - months.begin()) + 1;
    const int of_month = number(text.substr(5, 2));
    if (month == months.end() || !valid_date(year, which, of_month)) return std::nullopt;
    const std::int64_t hour = number(text.substr(17, 2)), minute = number(text.substr(20, 2)),
                       at = number(text.substr(23, 2));
    if (hour > 23 || minute > 59 || at > 60) return std::nullopt;
    return Instant{(days_from_civil(year, which, of_month) * day + hour * 3600 + minute * 60 + at) * second};
}

}  // namespace gantry::net
