#include <algorithm>
#include <charconv>
#include <string>

#include "fhir/json/invariants_internal.hpp"

namespace gantry::fhir::r4 {
namespace {

constexpr int unknown = 2;

// 0.digits × 10^exponent; no digits: zero.
struct Decimal {
    bool negative = false;
    std::string digits;
    std::int64_t exponent = 0;
};

bool read_decimal(std::string_view text, Decimal& out) {
    if (!wrong_with(Primitive::decimal_, text).empty()) return false;
    out.negative = text[0] == '-';
    if (out.negative) text.remove_prefix(1);
    std::int64_t shift = 0;
    if (const auto e = text.find_first_of("eE"); e != std::string_view::npos) {
        auto power = text.substr(e + 1);
        if (power[0] == '+') power.remove_prefix(1);
        if (std::from_chars(power.data(), power.data() + power.size(), shift).ec != std::errc()) return false;
        text = text.substr(0, e);
    }
    const auto point = std::min(text.find('.'), text.size());
    out.digits.assign(text.substr(0, point));
    if (point < text.size()) out.digits.append(text.substr(point + 1));
    const auto zeros = std::min(out.digits.find_first_not_of('0'), out.digits.size());
    out.digits.erase(0, zeros);
    out.digits.erase(out.digits.find_last_not_of('0') + 1);
    if (shift > INT64_MAX / 2 || shift < INT64_MIN / 2) return false;
    out.exponent = shift + static_cast<std::int64_t>(point) - static_cast<std::int64_t>(zeros);
    if (out.digits.empty()) out = {};
    return true;
}

int sign_of(int order) {
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

int compare_magnitudes(const Decimal& a, const Decimal& b) {
    if (a.digits.empty() || b.digits.empty()) return sign_of(static_cast<int>(!a.digits.empty()) - !b.digits.empty());
    if (a.exponent != b.exponent) return a.exponent < b.exponent ? -1 : 1;
    return sign_of(a.digits.compare(b.digits));
}

// YYYY[-MM[-DD[Thh:mm:ss[.f]zone]]]
struct Moment {
    int parts = 0;  // 1 year, 2 month, 3 day, 4 with time
    int year = 0, month = 1, day = 1;
    std::int64_t seconds = 0;  // in UTC, since 1970; of a day its midnight
    std::string_view fraction = {};
};

int number(std::string_view text, std::size_t at, std::size_t size) {
    int out = 0;
    std::from_chars(text.data() + at, text.data() + at + size, out);
    return out;
}

// Days since 1970-01-01 of the Gregorian calendar.
std::int64_t days_of(int year, int month, int day) {
    const int shifted = month <= 2 ? year - 1 : year;
    const int era = shifted / 400, of_era = shifted % 400;
    const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return std::int64_t{era} * 146'097 + std::int64_t{of_era} * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

bool read_moment(std::string_view text, Moment& out) {
    if (!wrong_with(Primitive::dateTime_, text).empty()) return false;
    out.year = number(text, 0, 4);
    out.parts = text.size() == 4 ? 1 : text.size() == 7 ? 2 : text.size() == 10 ? 3 : 4;
    if (out.parts > 1) out.month = number(text, 5, 2);
    if (out.parts > 2) out.day = number(text, 8, 2);
    out.seconds = days_of(out.year, out.month, out.day) * 86'400;
    if (out.parts < 4) return true;
    out.seconds +=
        std::int64_t{number(text, 11, 2)} * 3600 + std::int64_t{number(text, 14, 2)} * 60 + number(text, 17, 2);
    const auto zone = text.find_first_of("Z+-", 19);
    if (zone > 20) out.fraction = text.substr(20, zone - 20);
    if (text[zone] != 'Z') {
        const int offset = number(text, zone + 1, 2) * 3600 + number(text, zone + 4, 2) * 60;
        out.seconds -= text[zone] == '+' ? offset : -offset;
    }
    return true;
}

std::string_view without_zeros(std::string_view fraction) {
    return fraction.substr(0, fraction.find_last_not_of('0') + 1);
}

template <class T>
int order_of(const T& a, const T& b) {
    return a < b ? -1 : b < a ? 1 : 0;
}

}  // namespace

int compare_decimals(std::string_view a, std::string_view b) {
    Decimal left, right;
    if (!read_decimal(a, left) || !read_decimal(b, right)) return unknown;
    if (left.negative != right.negative) return left.negative ? -1 : 1;
    return left.negative ? -compare_magnitudes(left, right) : compare_magnitudes(left, right);
}

int compare_times(std::string_view a, std::string_view b) {
    Moment left, right;
    if (!read_moment(a, left) || !read_moment(b, right)) return unknown;
    if (left.parts == 4 && right.parts == 4) {
        const int order = order_of(left.seconds, right.seconds);
        return order != 0 ? order : order_of(without_zeros(left.fraction), without_zeros(right.fraction));
    }
    const int common = std::min(left.parts, right.parts);
    int order = order_of(left.year, right.year);
    if (order == 0 && common > 1) order = order_of(left.month, right.month);
    if (order == 0 && common > 2) order = order_of(left.day, right.day);
    if (order == 0) return left.parts == right.parts ? 0 : unknown;
    // A day without a zone may have begun up to a day earlier or later elsewhere.
    const bool near = std::abs(left.seconds - right.seconds) < std::int64_t{2} * 86'400;
    return left.parts != right.parts && near ? unknown : order;
}

}  // namespace gantry::fhir::r4
