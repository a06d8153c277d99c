#include "fhir/interactions/exchange.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

#include "engine/json/value.hpp"
#include "engine/json/writer.hpp"

namespace gantry::fhir {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<const char*, 7> weekdays{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};  // from 1970-01-01

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

// "application/fhir+json;q=0.9" without what follows.
std::string media_type(std::string_view item) {
    return lower(trimmed(item.substr(0, item.find(';'))));
}

bool is_refused(std::string_view item) {
    const auto q = lower(item).find("q=0");
    if (q == std::string::npos) return false;
    const auto rest = item.substr(q + 3);
    return rest.find_first_of("123456789") == std::string_view::npos || rest.find(',') == 0;
}

bool is_json(const std::string& type) {
    constexpr std::string_view known[] = {
        "application/fhir+json", "application/json", "text/json", "json", "*/*", "application/*", "text/*"};
    return std::find(std::begin(known), std::end(known), type) != std::end(known);
}

template <class Take>
void for_each_item(std::string_view list, Take take) {
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        take(trimmed(list.substr(0, end)));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
}

bool accepts_json(const std::string& accept) {
    bool any = false, json = false;
    for_each_item(accept, [&](std::string_view item) {
        if (item.empty()) return;
        any = true;
        json = json || (is_json(media_type(item)) && !is_refused(item));
    });
    return json || !any;
}

std::optional<Instant> read_http_date(std::string_view text) {
    // Mon, 23 Nov 2026 09:00:00 GMT
    constexpr std::size_t length = 29;
    if (text.size() != length || text.substr(26) != "GMT") return std::nullopt;
    const auto number = [&](std::size_t at, std::size_t digits) {
        int out = -1;
        std::from_chars(text.data() + at, text.data() + at + digits, out);
        return out;
    };
    const auto* month = std::find(months.begin(), months.end(), text.substr(8, 3));
    const int day = number(5, 2), year = number(12, 4), hour = number(17, 2), minute = number(20, 2),
              seconds = number(23, 2);
    const int month_number = static_cast<int>(month - months.begin()) + 1;
    if (month == months.end() || !valid_date(year, month_number, day) || hour < 0 || minute < 0 || seconds < 0)
        return std::nullopt;
    const auto days = days_from_civil(year, month_number, day);
    return Instant{(((days * 24 + hour) * 60 + minute) * 60 + seconds) * second};
}

}  // namespace

Result<Wanted> wanted_of(const net::HttpRequest& request) {
    Wanted out;
    if (const auto* format = request.query_value("_format"); format && !format->empty()) {
        if (!is_json(media_type(*format)))
            return Error{ErrorCode::fhir_not_acceptable, "_format=" + media_type(*format), "_format"};
    } else if (const auto* accept = request.headers.find("Accept"); accept && !accepts_json(*accept)) {
        return Error{ErrorCode::fhir_not_acceptable, "Accept: " + *accept, {}};
    }
    const auto* pretty = request.query_value("_pretty");
    out.pretty = pretty && *pretty == "true";
    if (const auto* prefer = request.headers.find("Prefer"))
        for_each_item(*prefer, [&](std::string_view item) {
            while (!item.empty()) {  // preferences may be separated by semicolons, too
                const auto end = std::min(item.find(';'), item.size());
                if (lower(trimmed(item.substr(0, end))) == "handling=lenient") out.lenient = true;
                item.remove_prefix(std::min(end + 1, item.size()));
            }
        });
    return out;
}

std::string laid_out(std::string json, const Wanted& wanted) {
    if (!wanted.pretty) return json;
    const auto tree = json::parse(json);
    return tree ? json::serialise(*tree, json::Form::pretty) : json;
}

std::string http_date(Instant at) {
    static const Zone utc("UTC");
    const auto local = utc.local(at);
    const auto days = days_from_civil(local.year, local.month, local.day);
    const auto weekday = static_cast<std::size_t>((days % 7 + 7) % 7);
    std::array<char, 64> out{};
    std::snprintf(out.data(), out.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT", weekdays.at(weekday), local.day,
                  months.at(static_cast<std::size_t>(local.month - 1)), local.year, local.hour, local.minute,
                  local.second);
    return out.data();
}

std::string etag_of(std::int64_t version) {
    return "W/\"" + std::to_string(version) + "\"";
}

bool is_known(const net::HttpRequest& request, std::int64_t version, Instant updated) {
    if (const auto* known = request.headers.find("If-None-Match")) {
        bool same = false;
        const auto number = "\"" + std::to_string(version) + "\"";
        for_each_item(*known, [&](std::string_view item) {
            if (item.starts_with("W/")) item.remove_prefix(2);
            same = same || item == "*" || item == number;
        });
        return same;
    }
    const auto* since = request.headers.find("If-Modified-Since");
    const auto at = since ? read_http_date(*since) : std::nullopt;
    return at && updated.micros / second <= at->micros / second;
}

std::string encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                           std::string_view("-._~").find(c) != std::string_view::npos;
        if (plain)
            out += c;
        else
            (out += '%').append({digits[byte >> 4], digits[byte & 15]});
    }
    return out;
}

}  // namespace gantry::fhir
