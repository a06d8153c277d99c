#include "engine/effects/field_form.hpp"

#include <algorithm>
#include <string>

#include "engine/base/clock.hpp"

namespace gantry::effects {
namespace {

bool all_digits(std::string_view text) {
    return text.find_first_not_of("0123456789") == std::string_view::npos;
}

int number(std::string_view digits) {
    int out = 0;
    for (const char c : digits) out = out * 10 + (c - '0');
    return out;
}

// PS3.5 9.1: digits and single dots, no leading zero in a component.
bool is_uid(std::string_view text) {
    char before = '.';
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool digit = c >= '0' && c <= '9';
        if (!digit && (c != '.' || before == '.')) return false;
        if (c == '0' && before == '.' && i + 1 < text.size() && text[i + 1] != '.') return false;
        before = c;
    }
    return !text.empty() && before != '.';
}

// A sign, digits, and at most one point with digits around it.
bool is_decimal(std::string_view text) {
    if (text.substr(0, 1) == "-") text.remove_prefix(1);
    const auto point = text.find('.');
    const auto whole = text.substr(0, point);
    const auto part = point == std::string_view::npos ? std::string_view("0") : text.substr(point + 1);
    return !whole.empty() && !part.empty() && all_digits(whole) && all_digits(part);
}

bool is_date(std::string_view text) {
    return text.size() == 8 && all_digits(text) &&
           valid_date(number(text.substr(0, 4)), number(text.substr(4, 2)), number(text.substr(6, 2)));
}

// HHMM or HHMMSS.
bool is_time(std::string_view text) {
    if ((text.size() != 4 && text.size() != 6) || !all_digits(text)) return false;
    return number(text.substr(0, 2)) < 24 && number(text.substr(2, 2)) < 60 &&
           (text.size() == 4 || number(text.substr(4, 2)) < 60);
}

// YYYYMMDD[HHMM[SS]][±ZZZZ]
bool is_moment(std::string_view text) {
    if (const auto sign = text.find_first_of("+-"); sign != std::string_view::npos) {
        const auto zone = text.substr(sign + 1);
        if (zone.size() != 4 || !is_time(zone)) return false;
        text = text.substr(0, sign);
    }
    return is_date(text.substr(0, 8)) && (text.size() == 8 || is_time(text.substr(8)));
}

// PS3.5 6.2: three groups at most, five components in each, nothing that is none of its characters.
bool is_name(std::string_view text) {
    std::size_t groups = 1, components = 1;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < ' ' || c == '\\') return false;
        if (c == '=') ++groups, components = 1;
        if (c == '^') ++components;
        if (groups > 3 || components > 5) return false;
    }
    return true;
}

Error wrong(ErrorCode code, const FieldSpec& spec, const std::string& what) {
    return {code, std::string(spec.name) + " takes " + what, {}};
}

std::string listed(std::span<const std::string_view> words) {
    std::string out;
    for (const auto word : words) out += (out.empty() ? "" : ", ") + std::string(word);
    return out;
}

// What a value of the type is, when this is none.
const char* demanded(const FieldSpec& spec, std::string_view value) {
    switch (spec.type) {
        case FieldType::uid:
            return is_uid(value) ? nullptr : "a UID";
        case FieldType::decimal:
            return is_decimal(value) ? nullptr : "a number";
        case FieldType::date:
            return is_date(value) ? nullptr : "a date, YYYYMMDD";
        case FieldType::time:
            return is_time(value) ? nullptr : "a time, HHMM or HHMMSS";
        case FieldType::moment:
            // That somebody is dead may be known without the day.
            return is_moment(value) || (spec.name == "deceased" && value == "Y") ? nullptr
                                                                                 : "a moment, YYYYMMDD[HHMM[SS]]";
        case FieldType::name:
            return is_name(value) ? nullptr : "a DICOM name, family^given^middle^prefix^suffix";
        case FieldType::flag:
            return value == "Y" ? nullptr : "Y";
        case FieldType::text:
        case FieldType::code:
            return nullptr;
    }
    return nullptr;
}

}  // namespace

Result<void> check_form(const FieldSpec& spec, std::string_view value) {
    if (const auto* what = demanded(spec, value)) return wrong(ErrorCode::hl7_bad_value, spec, what);
    const bool known = std::find(spec.choices.begin(), spec.choices.end(), value) != spec.choices.end();
    if (!spec.choices.empty() && !known)
        return wrong(ErrorCode::hl7_unknown_code, spec, "one of " + listed(spec.choices) + " only");
    return {};
}

}  // namespace gantry::effects
