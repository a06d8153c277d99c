#include "fhir/json/primitives.hpp"

#include <charconv>
#include <string>

namespace gantry::fhir::r4 {
namespace {

constexpr std::size_t longest_string = 1u << 20;  // "SHALL NOT exceed 1MB in size"

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Takes what a value is made of from its beginning.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    bool done() const { return at_ == text_.size(); }
    bool take(char c) { return !done() && text_[at_] == c && (++at_, true); }
    // Exactly `count` digits; -1 when they are not there.
    int digits(std::size_t count) {
        if (text_.size() - at_ < count) return -1;
        int value = 0;
        for (std::size_t i = 0; i < count; ++i, ++at_) {
            if (!is_digit(text_[at_])) return -1;
            value = value * 10 + (text_[at_] - '0');
        }
        return value;
    }
    // How many; their value where it is asked for, which is right up to 18 of them.
    std::size_t skip_digits(std::size_t* value = nullptr) {
        const auto from = at_;
        for (; !done() && is_digit(text_[at_]); ++at_)
            if (value) *value = *value * 10 + static_cast<std::size_t>(text_[at_] - '0');
        return at_ - from;
    }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
};

int days_in(int year, int month) {
    constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

enum class Precision : std::uint8_t { wrong, year, month, day };

Precision take_date(Scanner& in) {
    const int year = in.digits(4);
    if (year < 1) return Precision::wrong;
    if (!in.take('-')) return Precision::year;
    const int month = in.digits(2);
    if (month < 1 || month > 12) return Precision::wrong;
    if (!in.take('-')) return Precision::month;
    const int day = in.digits(2);
    return day >= 1 && day <= days_in(year, month) ? Precision::day : Precision::wrong;
}

// hh:mm:ss and any fraction; 60 is a leap second.
bool take_time(Scanner& in) {
    const int hours = in.digits(2);
    if (hours < 0 || hours > 23 || !in.take(':')) return false;
    const int minutes = in.digits(2);
    if (minutes < 0 || minutes > 59 || !in.take(':')) return false;
    const int seconds = in.digits(2);
    if (seconds < 0 || seconds > 60) return false;
    return !in.take('.') || in.skip_digits() > 0;
}

bool take_zone(Scanner& in) {
    if (in.take('Z')) return true;
    if (!in.take('+') && !in.take('-')) return false;
    const int hours = in.digits(2);
    if (hours < 0 || hours > 14 || !in.take(':')) return false;
    const int minutes = in.digits(2);
    return minutes >= 0 && minutes <= (hours == 14 ? 0 : 59);
}

bool is_date(std::string_view text) {
    Scanner in(text);
    return take_date(in) != Precision::wrong && in.done();
}

// 24:00 is no time of R4.
bool is_date_time(std::string_view text, bool whole) {
    Scanner in(text);
    const auto precision = take_date(in);
    if (precision == Precision::wrong) return false;
    if (in.done() && !whole) return true;
    return precision == Precision::day && in.take('T') && take_time(in) && take_zone(in) && in.done();
}

bool is_time(std::string_view text) {
    Scanner in(text);
    return take_time(in) && in.done();
}

// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?, and below 10^300: JSON readers hold numbers in doubles.
bool is_decimal(std::string_view text) {
    constexpr std::size_t most_digits = 300, longest_exponent = 6;
    Scanner in(text);
    in.take('-');
    const auto whole = in.take('0') ? 1 : in.skip_digits();
    if (whole == 0 || whole > most_digits || (in.take('.') && in.skip_digits() == 0)) return false;
    if (!in.take('e') && !in.take('E')) return in.done();
    const bool small = !in.take('+') && in.take('-');
    std::size_t exponent = 0;
    const auto digits = in.skip_digits(&exponent);
    if (digits == 0 || !in.done()) return false;
    return small || (digits <= longest_exponent && whole + exponent <= most_digits);
}

bool is_integer(std::string_view text, std::int64_t least) {
    std::int32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < least) return false;
    const auto digits = text.substr(text[0] == '-' ? 1 : 0);
    return digits.size() == 1 || digits[0] != '0';
}

// Nothing but blanks and characters that are shown; at least one of the latter.
std::string_view wrong_with_string(std::string_view text) {
    if (text.size() > longest_string) return "is longer than 1 MB";
    bool shown = false;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 && !is_blank(c)) return "holds a control character";
        shown = shown || !is_blank(c);
    }
    return shown ? std::string_view() : "is empty or holds nothing but blanks";
}

// Words with one blank between them.
bool is_code(std::string_view text) {
    bool blank_before = true;
    for (const char c : text) {
        const bool blank = is_blank(c);
        if ((blank && (blank_before || c != ' ')) || static_cast<unsigned char>(c) < 0x20) return false;
        blank_before = blank;
    }
    return !blank_before;
}

bool is_id(std::string_view text) {
    if (text.empty() || text.size() > 64) return false;
    for (const char c : text)
        if (!is_letter(c) && !is_digit(c) && c != '-' && c != '.') return false;
    return true;
}

// urn:oid:[0-2](\.(0|[1-9][0-9]*))+
bool is_oid(std::string_view text) {
    if (text.size() < 11 || text.substr(0, 8) != "urn:oid:" || text[8] < '0' || text[8] > '2') return false;
    Scanner in(text.substr(9));
    while (!in.done()) {
        if (!in.take('.')) return false;
        if (!in.take('0') && in.skip_digits() == 0) return false;
    }
    return true;
}

bool is_uuid(std::string_view text) {
    if (text.size() != 45 || text.substr(0, 9) != "urn:uuid:") return false;
    const auto digits = text.substr(9);
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool hexadecimal = is_digit(digits[i]) || (digits[i] >= 'a' && digits[i] <= 'f');
        if (dash ? digits[i] != '-' : !hexadecimal) return false;
    }
    return true;
}

// No blank within; that is all R4 asks of a uri.
std::string_view wrong_with_uri(std::string_view text) {
    if (text.empty()) return "is empty";
    for (const char c : text)
        if (static_cast<unsigned char>(c) <= 0x20) return "holds a blank or a control character";
    // Of a canonical a version may follow.
    if (text.substr(0, 8) == "urn:oid:" && !is_oid(text.substr(0, text.find('|'))))
        return "is not an OID of the form urn:oid:1.2.3";
    return {};
}

bool is_base64(std::string_view text) {
    std::size_t count = 0, padding = 0;
    for (const char c : text) {
        if (is_blank(c)) continue;
        const bool digit = is_letter(c) || is_digit(c) || c == '+' || c == '/';
        if (c == '=' ? ++padding > 2 : !digit || padding > 0) return false;
        ++count;
    }
    return count > 0 && count % 4 == 0;
}

std::string_view unless(bool right, std::string_view words) {
    return right ? std::string_view() : words;
}

}  // namespace

ValueKind value_kind(Primitive type) {
    switch (type) {
        case Primitive::none:
            return ValueKind::none;
        case Primitive::boolean_:
            return ValueKind::boolean;
        case Primitive::decimal_:
        case Primitive::integer_:
        case Primitive::positiveInt_:
        case Primitive::unsignedInt_:
            return ValueKind::number;
        default:
            return ValueKind::string;
    }
}

ValueKind value_kind(Primitive type, std::string_view text) {
    const auto kind = value_kind(type);
    const bool right = kind == ValueKind::number ? is_decimal(text) : text == "true" || text == "false";
    return kind == ValueKind::none || right ? kind : ValueKind::string;
}

std::string_view wrong_with(Primitive type, std::string_view text) {
    switch (type) {
        case Primitive::none:
            return {};
        case Primitive::base64Binary_:
            return unless(is_base64(text), "is not base64");
        case Primitive::boolean_:
            return unless(text == "true" || text == "false", "is neither true nor false");
        case Primitive::code_:
            return unless(is_code(text), "is not a code: words with single blanks between them");
        case Primitive::date_:
            return unless(is_date(text), "is not a date: YYYY, YYYY-MM or YYYY-MM-DD of the calendar");
        case Primitive::dateTime_:
            return unless(is_date_time(text, false),
                          "is not a dateTime: a date, or YYYY-MM-DDThh:mm:ss with a time zone");
        case Primitive::instant_:
            return unless(is_date_time(text, true), "is not an instant: YYYY-MM-DDThh:mm:ss with a time zone");
        case Primitive::time_:
            return unless(is_time(text), "is not a time: hh:mm:ss");
        case Primitive::decimal_:
            return unless(is_decimal(text), "is not a decimal number below 10^300");
        case Primitive::integer_:
            return unless(is_integer(text, INT32_MIN), "is not a whole number of 32 bits");
        case Primitive::unsignedInt_:
            return unless(is_integer(text, 0), "is not a whole number from 0 to 2147483647");
        case Primitive::positiveInt_:
            return unless(is_integer(text, 1), "is not a whole number from 1 to 2147483647");
        case Primitive::id_:
            return unless(is_id(text), "is not an id: 1 to 64 letters, digits, - and .");
        case Primitive::oid_:
            return unless(is_oid(text), "is not an OID of the form urn:oid:1.2.3");
        case Primitive::uuid_:
            return unless(is_uuid(text), "is not a UUID of the form urn:uuid: and 36 small hexadecimal characters");
        case Primitive::uri_:
        case Primitive::url_:
        case Primitive::canonical_:
            return wrong_with_uri(text);
        case Primitive::string_:
        case Primitive::markdown_:
            return wrong_with_string(text);
        case Primitive::xhtml_:
            return unless(!text.empty(), "is empty");
    }
    return {};
}

}  // namespace gantry::fhir::r4
