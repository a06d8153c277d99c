#include "engine/base/clock.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

namespace gantry {
namespace {

constexpr std::int64_t micros_per_second = 1'000'000;

void civil_from_days(std::int64_t days, int& year, int& month, int& day) {
    const auto date = std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(days)));
    year = static_cast<int>(date.year());
    month = static_cast<int>(static_cast<unsigned>(date.month()));
    day = static_cast<int>(static_cast<unsigned>(date.day()));
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

std::string read_file(const std::string& path) {
    std::error_code failed;
    if (!std::filesystem::is_regular_file(path, failed)) return {};
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::int64_t big_endian(std::string_view bytes) {
    std::int64_t value = static_cast<signed char>(bytes[0]);
    for (std::size_t i = 1; i < bytes.size(); ++i) value = value * 256 + static_cast<unsigned char>(bytes[i]);
    return value;
}

std::string zone_file(const std::string& name) {
    if (name.empty()) {
        const char* tz = std::getenv("TZ");
        return tz && *tz ? zone_file(*tz == ':' ? tz + 1 : tz) : "/etc/localtime";
    }
    if (name.find("..") != std::string::npos || name.front() == '/') return {};
    return "/usr/share/zoneinfo/" + name;
}

}  // namespace

Instant SystemClock::now() const {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::microseconds>(since).count()};
}

std::int64_t days_from_civil(int year, int month, int day) {
    using namespace std::chrono;
    return sys_days(std::chrono::year(year) / month / day).time_since_epoch().count();
}

bool valid_date(int year, int month, int day) {
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
           (std::chrono::year(year) / month / day).ok();
}

std::string shifted_date(const std::string& date, int days) {
    const int packed = std::atoi(date.c_str());
    LocalTime out;
    civil_from_days(days_from_civil(packed / 10000, packed / 100 % 100, packed % 100) + days, out.year, out.month,
                    out.day);
    return out.date();
}

std::string LocalTime::date() const {
    char text[24];
    std::snprintf(text, sizeof text, "%04d%02d%02d", year % 10000, month % 100, day % 100);
    return text;
}

std::string LocalTime::time() const {
    char text[24];
    std::snprintf(text, sizeof text, "%02d%02d%02d", hour % 100, minute % 100, second % 100);
    return text;
}

std::string LocalTime::stamp() const {
    char text[16];
    const int offset = std::abs(offset_minutes);
    std::snprintf(text, sizeof text, "%c%02d%02d", offset_minutes < 0 ? '-' : '+', offset / 60 % 100, offset % 60);
    return date() + time() + text;
}

std::string LocalTime::iso() const {
    char text[64];
    const int offset = std::abs(offset_minutes);
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%06d%c%02d:%02d", year % 10000, month % 100,
                  day % 100, hour % 100, minute % 100, second % 100, micros % 1'000'000, offset_minutes < 0 ? '-' : '+',
                  offset / 60 % 100, offset % 60);
    return text;
}

// TZif (RFC 8536), version 2+ data block: transitions in seconds and the offset after each. The footer's rule for the
// far future is expanded by zic into transitions until 2037; after the last one, its offset is kept.
struct Zone::Table {
    bool known = false;
    std::vector<std::int64_t> transitions;
    std::vector<int> offsets;  // seconds; one more than transitions: offsets[i] holds before transitions[i]

    int offset_at(std::int64_t second) const {
        std::size_t low = 0, high = transitions.size();
        while (low < high) {
            const auto middle = (low + high) / 2;
            if (transitions[middle] <= second)
                low = middle + 1;
            else
                high = middle;
        }
        return offsets[low];
    }
};

namespace {

struct Counts {
    std::size_t isutc, isstd, leap, time, type, chars;
};

bool read_counts(std::string_view data, std::size_t at, Counts& counts) {
    if (data.size() < at + 44 || data.substr(at, 4) != "TZif") return false;
    std::size_t* fields[] = {&counts.isutc, &counts.isstd, &counts.leap, &counts.time, &counts.type, &counts.chars};
    for (std::size_t i = 0; i < 6; ++i)
        *fields[i] = static_cast<std::size_t>(big_endian(data.substr(at + 20 + i * 4, 4)));
    return true;
}

std::size_t block_size(const Counts& c, std::size_t width) {
    return c.time * width + c.time + c.type * 6 + c.chars + c.leap * (width + 4) + c.isstd + c.isutc;
}

bool load_zone(const std::string& data, std::vector<std::int64_t>& transitions, std::vector<int>& offsets) {
    Counts counts{};
    if (!read_counts(data, 0, counts) || data[4] < '2') return false;
    std::size_t at = 44 + block_size(counts, 4);
    if (!read_counts(data, at, counts)) return false;
    at += 44;
    if (data.size() < at + block_size(counts, 8) || counts.type == 0) return false;
    const std::string_view view(data);
    const auto indexes = at + counts.time * 8, types = indexes + counts.time;
    auto offset_of = [&](std::size_t type) { return static_cast<int>(big_endian(view.substr(types + type * 6, 4))); };
    offsets.push_back(offset_of(0));
    for (std::size_t i = 0; i < counts.time; ++i) {
        const auto type = static_cast<unsigned char>(data[indexes + i]);
        if (type >= counts.type) return false;
        transitions.push_back(big_endian(view.substr(at + i * 8, 8)));
        offsets.push_back(offset_of(type));
    }
    return true;
}

}  // namespace

Zone::Zone(const std::string& name) : table_(std::make_unique<Table>()) {
    table_->known = load_zone(read_file(zone_file(name)), table_->transitions, table_->offsets);
    if (table_->known) return;
    table_->transitions.clear();
    table_->offsets.assign(1, 0);
}

Zone::~Zone() = default;
Zone::Zone(Zone&&) noexcept = default;
Zone& Zone::operator=(Zone&&) noexcept = default;

bool Zone::known() const {
    return table_->known;
}

LocalTime Zone::local(Instant at) const {
    const auto second = floor_div(at.micros, micros_per_second);
    const auto offset = table_->offset_at(second);
    const auto wall = second + offset;
    LocalTime out;
    const auto days = floor_div(wall, 86400);
    civil_from_days(days, out.year, out.month, out.day);
    const auto rest = static_cast<int>(wall - days * 86400);
    out.hour = rest / 3600;
    out.minute = rest / 60 % 60;
    out.second = rest % 60;
    out.micros = static_cast<int>(at.micros - second * micros_per_second);
    out.offset_minutes = offset / 60;
    return out;
}

Zone::Reading Zone::at(int year, int month, int day, int hour, int minute, int second) const {
    const auto wall = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    // A reading is real for an offset when that offset is in force at the instant it gives; around a transition the
    // offsets a day before and after are the only two candidates.
    const int before = table_->offset_at(wall - 86400 - table_->offset_at(wall)),
              after = table_->offset_at(wall + 86400);
    const bool first = table_->offset_at(wall - before) == before,
               second_fits = table_->offset_at(wall - after) == after;
    Reading out;
    out.missing = !first && !second_fits;
    out.ambiguous = first && second_fits && before != after;
    const int offset = first || out.missing ? before : after;
    out.at = {(wall - offset) * micros_per_second};
    out.offset_minutes = offset / 60;
    return out;
}

}  // namespace gantry
