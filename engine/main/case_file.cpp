#include "engine/main/case_file.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "engine/json/writer.hpp"
#include "engine/settings/units.hpp"

namespace gantry {
namespace {

using json::Kind;
using Names = std::span<const std::string_view>;

class CaseReader {
  public:
    CaseReader(CaseFile& into, json::Diagnostics& problems) : into_(into), problems_(problems) {}

    void run() {
        static constexpr std::string_view names[] = {"description", "channel", "settings", "clock",
                                                     "zone",        "given",   "inputs",   "expect"};
        const auto& document = into_.document;
        if (!check(document, "", Kind::object, "an object") || !known(document, "", names)) return;
        if (const auto* text = string(document, "", "description")) into_.description = *text;
        if (const auto* text = string(document, "", "zone")) into_.zone = *text;
        if (const auto* text = string(document, "", "channel")) into_.channel = *text;
        if (into_.channel.empty()) missing("channel");
        string(document, "", "clock");
        into_.clock = document.find("clock");
        if (!into_.clock) missing("clock");
        into_.settings = member(document, "", "settings", Kind::object, "an object");
        read_messages("given", false, into_.given);
        read_messages("inputs", true, into_.inputs);
        read_expect();
    }

  private:
    void missing(const char* name) {
        problems_.error(into_.document, "", ErrorCode::config_missing_option, "\"" + std::string(name) + "\"");
    }

    bool check(const json::Value& value, const std::string& pointer, Kind kind, const char* words) {
        if (value.kind() == kind) return true;
        problems_.error(value, pointer, ErrorCode::config_wrong_type, std::string(words) + " is expected");
        return false;
    }

    bool known(const json::Value& object, const std::string& pointer, Names names) {
        for (const auto& member : object.members()) {
            if (std::find(names.begin(), names.end(), member.key) == names.end())
                problems_.error_at(member.position, json::child_pointer(pointer, member.key),
                                   ErrorCode::config_unknown_option,
                                   "\"" + member.key + "\"" + json::did_you_mean(member.key, names));
        }
        return !problems_.has_errors();
    }

    const json::Value* member(const json::Value& object, const std::string& pointer, std::string_view name, Kind kind,
                              const char* words) {
        const auto* found = object.find(name);
        return found && check(*found, json::child_pointer(pointer, name), kind, words) ? found : nullptr;
    }

    const std::string* string(const json::Value& object, const std::string& pointer, std::string_view name) {
        const auto* found = member(object, pointer, name, Kind::string, "a string");
        return found ? &found->string() : nullptr;
    }

    void read_messages(std::string_view list, bool expects, std::vector<CaseMessage>& into) {
        const auto pointer = json::child_pointer("", list);
        const auto* values = member(into_.document, "", list, Kind::array, "a list");
        for (std::size_t i = 0; values && i < values->items().size(); ++i)
            read_message(values->items()[i], json::child_pointer(pointer, std::to_string(i)), expects, into);
    }

    void read_message(const json::Value& value, const std::string& pointer, bool expects,
                      std::vector<CaseMessage>& into) {
        static constexpr std::string_view names[] = {"message", "resource", "unmerge", "channel", "clock", "expect"};
        if (!check(value, pointer, Kind::object, "an object") ||
            !known(value, pointer, Names(names).first(expects ? 6 : 5)))
            return;
        CaseMessage out;
        out.value = &value;
        out.pointer = pointer;
        string(value, pointer, "clock");
        out.clock = value.find("clock");
        out.expect = member(value, pointer, "expect", Kind::object, "an object");
        if (const auto* prior = string(value, pointer, "unmerge")) {
            out.unmerge = *prior;
            return into.push_back(std::move(out));
        }
        if (const auto* channel = string(value, pointer, "channel")) out.channel = *channel;
        out.resource = member(value, pointer, "resource", Kind::object, "a resource");
        if (out.resource) return into.push_back(std::move(out));
        const auto* lines = value.find("message");
        if (!lines) return problems_.error(value, pointer, ErrorCode::config_missing_option, "\"message\"");
        if (!check(*lines, pointer + "/message", Kind::array, "a list of segments")) return;
        for (const auto& line : lines->items()) {
            if (check(line, pointer + "/message", Kind::string, "a string")) out.lines.push_back(line.string());
        }
        into.push_back(std::move(out));
    }

    void read_expect() {
        static constexpr std::string_view names[] = {"worklist", "orders",     "patients", "reports",
                                                     "fhir",     "deliveries", "ignore"};
        into_.expect = member(into_.document, "", "expect", Kind::object, "an object");
        if (!into_.expect || !known(*into_.expect, "/expect", names)) return;
        const auto* ignored = member(*into_.expect, "/expect", "ignore", Kind::array, "a list of names");
        for (std::size_t i = 0; ignored && i < ignored->items().size(); ++i) {
            const auto& name = ignored->items()[i];
            if (check(name, "/expect/ignore/" + std::to_string(i), Kind::string, "a string"))
                into_.ignored.push_back(name.string());
        }
    }

    CaseFile& into_;
    json::Diagnostics& problems_;
};

json::Position position_in(const Error& error) {
    json::Position at{1, 1};
    const auto* end = error.place.data() + error.place.size();
    const auto line = std::from_chars(error.place.data(), end, at.line);
    if (line.ptr != end) std::from_chars(line.ptr + 1, end, at.column);
    return at;
}

// "today+3" and the like, or nothing.
std::optional<std::string> date_token(std::string_view token, const LocalTime& now) {
    if (token == "now") return now.date() + now.time();
    if (!token.starts_with("today")) return std::nullopt;
    token.remove_prefix(5);
    if (token.empty()) return now.date();
    int days = 0;
    const auto* from = token.data() + (token.front() == '+' ? 1 : 0);
    const auto read = std::from_chars(from, token.data() + token.size(), days);
    const bool whole = read.ec == std::errc() && read.ptr == token.data() + token.size();
    if (!whole || (token.front() != '+' && token.front() != '-') || days < -36500 || days > 36500) return std::nullopt;
    return shifted_date(now.date(), days);
}

void write_merged(json::Writer& out, const json::Value& base, const json::Value& patch) {
    if (!patch.is_object()) return void(out.value(patch));
    out.begin_object();
    for (const auto& member : base.members()) {
        const auto* change = patch.find(member.key);
        if (!change)
            out.key(member.key).value(member.value);
        else if (change->kind() != Kind::null)
            write_merged(out.key(member.key), member.value, *change);
    }
    static const json::Value nothing;
    for (const auto& member : patch.members()) {
        if (!base.find(member.key) && member.value.kind() != Kind::null)
            write_merged(out.key(member.key), nothing, member.value);
    }
    out.end_object();
}

}  // namespace

std::optional<CaseFile> read_case(std::string file, std::string text, json::Diagnostics& problems) {
    CaseFile out;
    out.file = std::move(file);
    out.text = std::move(text);
    auto document = json::parse(out.text);
    if (!document) {
        problems.error_at(position_in(document.error()), "", document.error().code, document.error().detail);
        return std::nullopt;
    }
    out.document = std::move(*document);
    CaseReader(out, problems).run();
    if (problems.has_errors()) return std::nullopt;
    return out;
}

std::optional<Instant> read_case_clock(const std::string& text, const Zone& zone, Instant now) {
    if (text.starts_with('+') || text.starts_with('-')) {
        const auto by = settings::parse_duration(std::string_view(text).substr(1));
        if (!by) return std::nullopt;
        const auto micros = std::chrono::microseconds(*by).count();
        return Instant{now.micros + (text.front() == '+' ? micros : -micros)};
    }
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, used = 0;
    if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second, &used) < 6)
        return std::nullopt;
    if (!valid_date(year, month, day) || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    const auto offset = text.substr(static_cast<std::size_t>(used));
    if (offset.empty()) return zone.at(year, month, day, hour, minute, second).at;
    int east = 0;
    if (offset != "Z") {
        int hours = 0, minutes = 0;
        char sign = 0;
        if (std::sscanf(offset.c_str(), "%c%2d:%2d", &sign, &hours, &minutes) != 3) return std::nullopt;
        if ((sign != '+' && sign != '-') || hours > 23 || minutes > 59) return std::nullopt;
        east = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
    }
    const std::int64_t seconds = ((days_from_civil(year, month, day) * 24 + hour) * 60 + minute) * 60 + second - east;
    return Instant{seconds * 1'000'000};
}

std::string with_dates(const std::string& text, const LocalTime& now) {
    std::string out;
    std::size_t done = 0;
    for (auto at = text.find("{{"); at != std::string::npos; at = text.find("{{", at + 2)) {
        const auto end = text.find("}}", at);
        if (end == std::string::npos) break;
        const auto date = date_token(std::string_view(text).substr(at + 2, end - at - 2), now);
        if (!date) continue;
        out += text.substr(done, at - done) + *date;
        done = end + 2;
    }
    return out + text.substr(done);
}

std::string merged(const json::Value& base, const json::Value& patch) {
    json::Writer out;
    write_merged(out, base, patch);
    return std::move(out).text();
}

}  // namespace gantry
