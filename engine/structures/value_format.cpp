#include "engine/structures/value_format.hpp"

#include <algorithm>

#include "engine/hl7/moment.hpp"

namespace gantry::structures {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool all_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// [+-]digits[.digits], one of the two sides may be missing (2A.3.46: "|999|", "|-123.792|").
bool is_numeric(std::string_view text) {
    if (text.front() == '+' || text.front() == '-') text.remove_prefix(1);
    const auto point = text.find('.');
    const auto whole = text.substr(0, point);
    if (point == std::string_view::npos) return all_digits(whole);
    const auto fraction = text.substr(point + 1);
    return (whole.empty() || all_digits(whole)) && (fraction.empty() || all_digits(fraction)) &&
           whole.size() + fraction.size() > 0;
}

bool is_moment(std::string_view text) {
    const auto moment = hl7::moment(text);
    return moment.valid && !moment.iso;
}

// HH[MM[SS[.S…]]][±ZZZZ] is what follows a date.
bool is_time(std::string_view text) {
    return text.size() >= 2 && is_digit(text.front()) && is_moment("20000101" + std::string(text));
}

}  // namespace

bool well_formed(std::string_view type, std::string_view text) {
    if (type == "NM") return is_numeric(text);
    if (type == "SI") return all_digits(text);
    if (type == "DT") return text.size() <= 8 && all_digits(text) && is_moment(text);
    if (type == "TM") return is_time(text);
    if (type == "DTM" || type == "TS") return is_moment(text);
    return true;
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace gantry::structures
