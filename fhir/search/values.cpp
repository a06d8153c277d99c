#include "fhir/search/values.hpp"

#include <algorithm>
#include <array>

namespace gantry::fhir {
namespace {

Error wrong(std::string detail) {
    return {ErrorCode::fhir_bad_parameter, std::move(detail), {}};
}

struct PrefixWord {
    std::string_view word;
    Prefix prefix;
};
constexpr std::array<PrefixWord, 9> prefixes{{{"eq", Prefix::eq},
                                              {"ne", Prefix::ne},
                                              {"gt", Prefix::gt},
                                              {"lt", Prefix::lt},
                                              {"ge", Prefix::ge},
                                              {"le", Prefix::le},
                                              {"sa", Prefix::sa},
                                              {"eb", Prefix::eb},
                                              {"ap", Prefix::ap}}};

bool is_id(std::string_view text) {
    constexpr std::size_t longest = 64;
    return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
}

bool is_type(std::string_view text) {
    return !text.empty() && text[0] >= 'A' && text[0] <= 'Z' && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    });
}

// Reads digits and separators from the front of a text.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}
    bool at_end() const { return at_ == text_.size(); }
    bool skip(char wanted) {
        if (at_end() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }
    std::optional<int> number(std::size_t digits) {
        if (at_ + digits > text_.size()) return std::nullopt;
        int out = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            const char c = text_[at_ + i];
            if (c < '0' || c > '9') return std::nullopt;
            out = out * 10 + (c - '0');
        }
        at_ += digits;
        return out;
    }
    // Of a second: as microseconds, what is beyond them is left out.
    std::optional<int> fraction() {
        int out = 0, scale = 100'000;
        const auto begin = at_;
        for (; !at_end() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_, scale /= 10)
            out += (text_[at_] - '0') * scale;
        return at_ == begin ? std::nullopt : std::optional(out);
    }
    char peek() const { return at_end() ? '\0' : text_[at_]; }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
};

enum class Precision : std::uint8_t { year, month, day, minute, second, finer };

struct Written {
    int year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, micros = 0;
    Precision precision = Precision::year;
    std::optional<int> offset_minutes;
};

constexpr int minutes_of_hour = 60, hours_of_day = 24;

bool read_offset(Scanner& scan, Written& out) {
    if (scan.at_end()) return true;
    if (scan.skip('Z')) {
        out.offset_minutes = 0;
        return scan.at_end();
    }
    const int sign = scan.peek() == '-' ? -1 : 1;
    // A plus that was not encoded arrives as a blank.
    if (!scan.skip('-') && !scan.skip('+') && !scan.skip(' ')) return false;
    const auto hours = scan.number(2);
    if (!hours || !scan.skip(':')) return false;
    const auto minutes = scan.number(2);
    constexpr int farthest = 14;
    if (!minutes || *hours > farthest || *minutes >= minutes_of_hour) return false;
    out.offset_minutes = sign * (*hours * minutes_of_hour + *minutes);
    return scan.at_end();
}

bool read_time(Scanner& scan, Written& out) {
    const auto hour = scan.number(2);
    if (!hour || !scan.skip(':')) return false;
    const auto minute = scan.number(2);
    if (!minute || *hour >= hours_of_day || *minute >= minutes_of_hour) return false;
    out.hour = *hour;
    out.minute = *minute;
    out.precision = Precision::minute;
    if (scan.skip(':')) {
        const auto second = scan.number(2);
        if (!second || *second > minutes_of_hour) return false;
        out.second = std::min(*second, minutes_of_hour - 1);  // a leap second is the end of its minute
        out.precision = Precision::second;
        if (scan.skip('.')) {
            const auto micros = scan.fraction();
            if (!micros) return false;
            out.micros = *micros;
            out.precision = Precision::finer;
        }
    }
    return read_offset(scan, out);
}

std::optional<Written> read(std::string_view text) {
    Written out;
    Scanner scan(text);
    const auto year = scan.number(4);
    if (!year || *year == 0) return std::nullopt;
    out.year = *year;
    if (scan.at_end()) return out;
    if (!scan.skip('-')) return std::nullopt;
    const auto month = scan.number(2);
    if (!month) return std::nullopt;
    out.month = *month;
    out.precision = Precision::month;
    if (!valid_date(out.year, out.month, 1)) return std::nullopt;
    if (scan.at_end()) return out;
    if (!scan.skip('-')) return std::nullopt;
    const auto day = scan.number(2);
    if (!day || !valid_date(out.year, out.month, *day)) return std::nullopt;
    out.day = *day;
    out.precision = Precision::day;
    if (scan.at_end()) return out;
    if (!scan.skip('T') || !read_time(scan, out)) return std::nullopt;
    return out;
}

constexpr std::int64_t second_in_micros = 1'000'000, minute_in_micros = 60 * second_in_micros;

Instant instant_of(const Written& at, const Zone& zone) {
    constexpr std::int64_t day_in_micros = 24 * 60 * minute_in_micros;
    if (at.offset_minutes) {
        const auto days = days_from_civil(at.year, at.month, at.day);
        return {days * day_in_micros + (at.hour * minutes_of_hour + at.minute - *at.offset_minutes) * minute_in_micros +
                at.second * second_in_micros + at.micros};
    }
    auto out = zone.at(at.year, at.month, at.day, at.hour, at.minute, at.second).at;
    out.micros += at.micros;
    return out;
}

std::optional<Written> next_of(Written at) {
    at.month += at.precision == Precision::month ? 1 : 0;
    if (at.precision == Precision::year || at.month > 12) {
        ++at.year;
        at.month = 1;
    }
    constexpr int last_year = 9999;
    return at.year > last_year ? std::nullopt : std::optional(at);
}

Instant end_of(const Written& at, const Zone& zone) {
    const auto first = instant_of(at, zone);
    switch (at.precision) {
        case Precision::year:
        case Precision::month: {
            const auto next = next_of(at);
            return next ? instant_of(*next, zone) : Instant{INT64_MAX};
        }
        case Precision::day: {
            const auto local = zone.local(first);
            const auto next = shifted_date(local.date(), 1);
            Written out;
            Scanner scan(next);
            out.year = scan.number(4).value_or(at.year);
            out.month = scan.number(2).value_or(at.month);
            out.day = scan.number(2).value_or(at.day);
            return instant_of(out, zone);
        }
        case Precision::minute:
            return {first.micros + minute_in_micros};
        case Precision::second:
            return {first.micros + second_in_micros};
        case Precision::finer:
            return {first.micros + 1};
    }
    return first;
}

// Without the zeros at its end, so that a whole day is as written, and nothing of the same moment sorts before it.
std::string wall_clock(Instant at, const Zone& zone) {
    if (at.micros == INT64_MAX) return "99991231235959";
    constexpr std::size_t of_day = 8, of_minute = 12;
    const auto local = zone.local(at);
    auto out = local.date() + local.time();
    if (out.size() > of_minute && out.compare(of_minute, std::string::npos, "00") == 0) out.resize(of_minute);
    if (out.size() == of_minute && out.compare(of_day, std::string::npos, "0000") == 0) out.resize(of_day);
    return out;
}

// 3.1.1.4.6: a tenth of the distance to now, in both directions.
void widen(Period& period, const ValueContext& context) {
    const auto distance = period.first.micros > context.now.micros ? period.first.micros - context.now.micros
                                                                   : context.now.micros - period.end.micros;
    const auto tenth = std::max<std::int64_t>(distance, 0) / 10;
    period.first.micros -= tenth;
    if (period.end.micros < INT64_MAX - tenth) period.end.micros += tenth;
    period.from = wall_clock(period.first, context.zone);
    period.before = wall_clock(period.end, context.zone);
}

}  // namespace

std::string_view to_text(ParameterType type) {
    static constexpr std::string_view words[] = {"token", "string", "date", "reference", "uri"};
    return words[static_cast<std::size_t>(type)];
}

std::vector<std::string> alternatives(std::string_view text) {
    std::vector<std::string> out(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == ',') {
            out.emplace_back();
            continue;
        }
        out.back() += text[i];
        if (text[i] == '\\' && i + 1 < text.size()) out.back() += text[++i];
    }
    return out;
}

std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escapes = text[i] == '\\' && i + 1 < text.size() &&
                             std::string_view(",|$\\").find(text[i + 1]) != std::string_view::npos;
        if (escapes) ++i;
        out += text[i];
    }
    return out;
}

Result<SearchValue> token_value(std::string_view text) {
    SearchValue out;
    out.text = unescaped(text);
    std::size_t bar = 0;
    while (bar < text.size() && text[bar] != '|') bar += text[bar] == '\\' ? 2 : 1;
    if (bar >= text.size()) {
        out.code = out.text;
    } else {
        out.system = unescaped(text.substr(0, bar));
        out.code = unescaped(text.substr(bar + 1));
    }
    if (out.code.empty() && (!out.system || out.system->empty())) return wrong("a token has a code or a system");
    return out;
}

Result<SearchValue> reference_value(std::string_view text, const ValueContext& context) {
    SearchValue out;
    out.text = unescaped(text);
    std::string_view rest = out.text;
    if (!context.base.empty() && rest.starts_with(context.base) && rest.size() > context.base.size() &&
        rest[context.base.size()] == '/')
        rest.remove_prefix(context.base.size() + 1);
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos && is_id(rest)) {
        out.id = rest;
        return out;
    }
    if (slash != std::string_view::npos && is_type(rest.substr(0, slash)) && is_id(rest.substr(slash + 1))) {
        out.type = rest.substr(0, slash);
        out.id = rest.substr(slash + 1);
        return out;
    }
    if (rest.find("://") == std::string_view::npos && !rest.starts_with("urn:"))
        return wrong("a reference is Type/id, an id or a URL");
    out.elsewhere = true;
    return out;
}

std::optional<Period> period_of(std::string_view text, const Zone& zone) {
    const auto written = read(text);
    if (!written) return std::nullopt;
    Period out;
    out.first = instant_of(*written, zone);
    out.end = end_of(*written, zone);
    out.from = wall_clock(out.first, zone);
    out.before = wall_clock(out.end, zone);
    return out;
}

Result<SearchValue> date_value(std::string_view text, const ValueContext& context) {
    SearchValue out;
    out.text = text;
    for (const auto& [word, prefix] : prefixes) {
        if (!text.starts_with(word)) continue;
        out.prefix = prefix;
        text.remove_prefix(word.size());
        break;
    }
    const auto period = period_of(text, context.zone);
    if (!period) return wrong("a date is written YYYY-MM-DDThh:mm:ss with a zone, or the first parts of it");
    out.period = *period;
    if (out.prefix == Prefix::ap) widen(out.period, context);
    return out;
}

}  // namespace gantry::fhir
