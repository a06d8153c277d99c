#include "engine/hl7/moment.hpp"

#include <algorithm>
#include <optional>

namespace gantry::hl7 {
namespace {

constexpr std::int64_t second = 1'000'000;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool all_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), is_digit);
}

// Two digits, or -1 where there are none.
int pair_at(std::string_view text, std::size_t at) {
    return at + 2 <= text.size() ? (text[at] - '0') * 10 + (text[at + 1] - '0') : -1;
}
int year_of(std::string_view date) {
    return pair_at(date, 0) * 100 + pair_at(date, 2);
}

std::string without(std::string_view text, char unwanted) {
    std::string out(text);
    out.erase(std::remove(out.begin(), out.end(), unwanted), out.end());
    return out;
}

class MomentReader {
  public:
    explicit MomentReader(std::string_view text) : rest_(text) { out_.text = text; }

    Moment read() {
        if (read_zone() && read_fraction() && read_date_and_time() && possible()) {
            out_.valid = true;
            return out_;
        }
        Moment refused;
        refused.text = out_.text;
        return refused;
    }

  private:
    bool read_zone() {
        if (!rest_.empty() && rest_.back() == 'Z') {
            rest_.remove_suffix(1);
            out_.offset = "+0000";
            return out_.iso = true;
        }
        // A '-' before the tenth character is a dash of an ISO date, unless nothing but digits stand before it.
        auto sign = rest_.find('+');
        if (sign == std::string_view::npos) sign = rest_.rfind('-');
        if (sign == std::string_view::npos || (rest_[sign] == '-' && is_date_dash(sign))) return true;
        out_.offset = without(rest_.substr(sign), ':');
        out_.iso = out_.offset.size() != rest_.size() - sign;
        rest_ = rest_.substr(0, sign);
        if (out_.offset.size() == 3) out_.offset += "00";
        const std::string_view digits = std::string_view(out_.offset).substr(1);
        return digits.size() == 4 && all_digits(digits) && pair_at(digits, 0) <= 14 && pair_at(digits, 2) <= 59;
    }

    bool is_date_dash(std::size_t at) const {
        if (at == 4 && rest_.size() <= 7) return true;  // YYYY-MM; a year alone has no use for an offset
        return at == 7 && rest_[4] == '-';
    }

    bool read_fraction() {
        const auto point = rest_.find('.');
        if (point == std::string_view::npos) return true;
        out_.fraction = rest_.substr(point + 1);
        rest_ = rest_.substr(0, point);
        return !out_.fraction.empty() && out_.fraction.size() <= 9 && all_digits(out_.fraction);
    }

    bool read_date_and_time() {
        std::string digits(rest_);
        if (rest_.find_first_of("-T: ") != std::string_view::npos) {
            if (!looks_iso()) return false;
            digits.erase(std::remove_if(digits.begin(), digits.end(), [](char c) { return !is_digit(c); }),
                         digits.end());
            out_.iso = true;
        }
        if (!all_digits(digits) || digits.size() < 4 || digits.size() > 14 || digits.size() % 2 != 0) return false;
        out_.date = digits.substr(0, 8);
        if (digits.size() > 8) out_.time = digits.substr(8);
        return out_.fraction.empty() || out_.time.size() == 6;
    }

    // YYYY-MM[-DD][T or blank HH[:MM[:SS]]], the time with or without colons.
    bool looks_iso() const {
        if (!is_digit(rest_.back())) return false;
        for (const std::string_view pattern :
             {"dddd-dd-ddTdd:dd:dd", "dddd-dd-ddTdddddd", "ddddddddTdd:dd:dd", "ddddddddTdddddd"})
            if (matches(pattern, rest_)) return true;
        return false;
    }

    static bool matches(std::string_view pattern, std::string_view text) {
        if (text.size() > pattern.size()) return false;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const bool fits = pattern[i] == 'd'   ? is_digit(text[i])
                              : pattern[i] == 'T' ? text[i] == 'T' || text[i] == ' '
                                                  : text[i] == pattern[i];
            if (!fits) return false;
        }
        return true;
    }

    bool possible() const {
        const int month = out_.date.size() >= 6 ? pair_at(out_.date, 4) : 1,
                  day = out_.date.size() == 8 ? pair_at(out_.date, 6) : 1;
        // 60 is a leap second: it exists, and DICOM can say it too.
        return valid_date(year_of(out_.date), month, day) && pair_at(out_.time, 0) <= 23 &&
               pair_at(out_.time, 2) <= 59 && pair_at(out_.time, 4) <= 60;
    }

    std::string_view rest_;
    Moment out_;
};

int or_zero(int pair) {
    return std::max(pair, 0);
}

Zone::Reading reading_of(const Moment& m, const Zone& zone) {
    return zone.at(year_of(m.date), pair_at(m.date, 4), pair_at(m.date, 6), or_zero(pair_at(m.time, 0)),
                   or_zero(pair_at(m.time, 2)), or_zero(pair_at(m.time, 4)));
}

std::int64_t utc_second(const Moment& m) {
    const int sign = m.offset[0] == '-' ? -1 : 1;
    const int offset = sign * (pair_at(m.offset, 1) * 3600 + pair_at(m.offset, 3) * 60);
    return days_from_civil(year_of(m.date), pair_at(m.date, 4), pair_at(m.date, 6)) * 86400 +
           or_zero(pair_at(m.time, 0)) * 3600 + or_zero(pair_at(m.time, 2)) * 60 + or_zero(pair_at(m.time, 4)) - offset;
}

std::string utc_stamp(std::int64_t at) {
    const auto days = at / 86400 - (at % 86400 < 0 ? 1 : 0);
    const auto rest = static_cast<int>(at - days * 86400);
    LocalTime clock;
    clock.hour = rest / 3600;
    clock.minute = rest / 60 % 60;
    clock.second = rest % 60;
    return shifted_date("19700101", static_cast<int>(days)) + clock.time();
}

}  // namespace

Moment moment(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos || text == "\"\"") return {};
    return MomentReader(text.substr(first, text.find_last_not_of(' ') + 1 - first)).read();
}

Moment moment(const Piece& piece) {
    return moment(std::string_view(piece.component(1).subcomponent(1).text()));
}

SiteTime to_site(const Moment& m, const Zone& zone) {
    SiteTime out{m.date, m.time, m.fraction};
    out.valid = m.valid;
    if (!m.valid || m.date.size() < 8 || m.time.empty()) return out;
    if (m.offset.empty()) {
        const auto reading = reading_of(m, zone);
        out.offset_minutes = reading.offset_minutes;
        out.ambiguous = reading.ambiguous;
        out.missing = reading.missing;
        return out;
    }
    const auto local = zone.local({utc_second(m) * second});
    out.converted = true;
    out.date = local.date();
    out.time = local.time().substr(0, std::max<std::size_t>(m.time.size(), 4));
    out.offset_minutes = local.offset_minutes;
    return out;
}

std::string to_utc(const Moment& m, const Zone& zone) {
    if (!m.valid || m.date.size() < 8) return {};
    return utc_stamp(m.offset.empty() ? reading_of(m, zone).at.micros / second : utc_second(m));
}

}  // namespace gantry::hl7
