#include "engine/structures/date_shift.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "engine/base/clock.hpp"
#include "engine/hl7/moment.hpp"

namespace gantry::structures {
namespace {

constexpr int first_year = 1880, last_year = 2199;

bool digit(char c) {
    return c >= '0' && c <= '9';
}

int number(std::string_view digits) {
    int out = 0;
    for (const char c : digits) out = out * 10 + (c - '0');
    return out;
}

std::string padded(int value, std::size_t width) {
    auto out = std::to_string(value);
    return std::string(width > out.size() ? width - out.size() : 0, '0') + out;
}

// date: YYYY, YYYYMM or YYYYMMDD; the answer is as long.
std::string moved(const std::string& date, int days) {
    const auto whole = date.size() == 4 ? date + "0702" : date.size() == 6 ? date + "15" : date;
    return shifted_date(whole, days).substr(0, date.size());
}

bool ends_here(std::string_view text, std::size_t at) {
    return at >= text.size() || !(std::isalnum(static_cast<unsigned char>(text[at])) || (text[at] & 0x80));
}

// 19800406, 198004061030, 19800406103000.
DateInText plain_date(std::string_view text, std::size_t digits, int days) {
    if ((digits != 8 && digits != 12 && digits != 14) || !ends_here(text, digits)) return {};
    const auto year = number(text.substr(0, 4));
    if (year < first_year || year > last_year) return {};
    auto shifted = shifted_moment(text.substr(0, digits), days);
    return shifted ? DateInText{digits, std::move(*shifted)} : DateInText{};
}

struct Part {
    std::size_t at = 0, length = 0;
};

// Three numbers with the same mark between them.
std::optional<std::array<Part, 3>> three_parts(std::string_view text) {
    std::array<Part, 3> out;
    std::size_t at = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i].at = at;
        while (at < text.size() && digit(text[at])) ++at;
        out[i].length = at - out[i].at;
        if (out[i].length == 0 || out[i].length > 4) return std::nullopt;
        if (i == 2) break;
        const bool mark = at < text.size() && (text[at] == '-' || text[at] == '.' || text[at] == '/');
        if (!mark || (i == 1 && text[at] != text[out[0].length])) return std::nullopt;
        ++at;
    }
    if (!ends_here(text, at)) return std::nullopt;
    return out;
}

DateInText divided_date(std::string_view text, int days) {
    const auto parts = three_parts(text);
    if (!parts) return {};
    const bool year_first = (*parts)[0].length == 4;
    auto year = (*parts)[year_first ? 0 : 2], month = (*parts)[year_first ? 1 : 0], day = (*parts)[year_first ? 2 : 1];
    if (year.length != 4 || month.length > 2 || day.length > 2) return {};
    const auto value = [&](const Part& part) { return number(text.substr(part.at, part.length)); };
    const bool day_first = text[(*parts)[0].length] == '.' || value(month) > 12;
    if (!year_first && day_first) std::swap(month, day);
    if (value(year) < first_year || value(year) > last_year || !valid_date(value(year), value(month), value(day)))
        return {};
    const auto date = shifted_date(padded(value(year), 4) + padded(value(month), 2) + padded(value(day), 2), days);
    const auto end = (*parts)[2].at + (*parts)[2].length;
    std::string out;
    for (const auto& part : *parts) {
        const auto from = part.at == year.at ? 0 : part.at == month.at ? 4 : 6;
        if (part.at > 0) out += text[part.at - 1];
        out += padded(number(std::string_view(date).substr(static_cast<std::size_t>(from), from == 0 ? 4 : 2)),
                      part.length);
    }
    return {end, std::move(out)};
}

}  // namespace

std::optional<std::string> shifted_moment(std::string_view text, int days) {
    const auto moment = hl7::moment(text);
    if (!moment.valid || moment.date.size() < 4 || moment.date < "1000") return std::nullopt;
    const auto date = moved(moment.date, days);
    std::string out(text);
    std::size_t written = 0;
    for (auto& c : out)
        if (written < date.size() && digit(c)) c = date[written++];
    return out;
}

DateInText shifted_date_in_text(std::string_view text, int days) {
    std::size_t digits = 0;
    while (digits < text.size() && digit(text[digits])) ++digits;
    auto out = plain_date(text, digits, days);
    return out.length > 0 ? out : divided_date(text, days);
}

}  // namespace gantry::structures
