#include "engine/effects/report_text.hpp"

#include <algorithm>
#include <set>

namespace gantry::effects {
namespace {

bool blank(std::string_view text) {
    return text.find_first_not_of(" \t\n") == std::string_view::npos;
}

bool same_key(const ReportLine& a, const ReportLine& b) {
    return a.code == b.code && a.sub_id == b.sub_id;
}

void add_line(std::string& text, bool& any, const std::string& line) {
    if (any) text += '\n';
    any = true;
    text += line;
}

std::string without_blank_lines_around(std::string text) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        if (!blank(std::string_view(text).substr(0, end))) break;
        text.erase(0, end + 1);
    }
    text.erase(text.find_last_not_of(" \t\n") + 1);
    return text;
}

using Position = std::ptrdiff_t;

// Where lines with the key of this one are.
std::vector<Position> with_key(const ReportLines& lines, const ReportLine& like) {
    std::vector<Position> out;
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (same_key(lines[i], like)) out.push_back(static_cast<Position>(i));
    return out;
}

// Of several lines with one key the one with this text, else the one with this number, else all of them.
std::vector<Position> meant_by(const ReportLines& known, const ReportLine& said) {
    auto out = with_key(known, said);
    if (out.size() < 2) return out;
    const auto only = [&](auto same) {
        const auto found = std::find_if(out.begin(), out.end(), [&](Position i) { return same(known[i]); });
        if (found != out.end()) out = {*found};
        return found != out.end() || out.size() == 1;
    };
    if (!said.text.empty() && only([&](const ReportLine& line) { return line.text == said.text; })) return out;
    if (!said.set_id.empty()) only([&](const ReportLine& line) { return line.set_id == said.set_id; });
    return out;
}

void withdraw(ReportLines& known, const ReportLine& said) {
    const auto meant = meant_by(known, said);
    for (auto i = meant.rbegin(); i != meant.rend(); ++i) known.erase(known.begin() + *i);
}

// Takes the place of a line; where it says no section itself, it stands in the one of that line.
void replace(ReportLine& line, ReportLine by) {
    if (!by.section_said && by.parts.empty()) by.section = line.section;
    line = std::move(by);
}

}  // namespace

std::string text_of(const ReportLines& lines) {
    std::string out;
    bool any = false;
    for (const auto& line : lines)
        if (line.says == ReportLine::Says::text || !line.text.empty()) add_line(out, any, line.text);
    return out;
}

std::string section_of(const ReportLines& lines, ReportField section) {
    std::string out;
    bool any = false;
    for (const auto& line : lines) {
        if (line.parts.empty() && line.section == section) add_line(out, any, line.text);
        for (const auto& part : line.parts)
            if (part.section == section && part.begin <= line.text.size())
                add_line(out, any, line.text.substr(part.begin, part.size));
    }
    return without_blank_lines_around(std::move(out));
}

bool has_text(const ReportLines& lines) {
    return std::any_of(lines.begin(), lines.end(), [](const ReportLine& line) { return !blank(line.text); });
}

bool amends(const ReportLines& lines) {
    return std::any_of(lines.begin(), lines.end(),
                       [](const ReportLine& line) { return line.says != ReportLine::Says::text; });
}

void amend(ReportLines& known, const ReportLines& said) {
    using Says = ReportLine::Says;
    for (const auto& line : said)
        if (line.says == Says::withdraw) withdraw(known, line);
    std::set<Position> spoken_of;
    ReportLines added;
    for (const auto& line : said) {
        if (line.says == Says::withdraw) continue;
        const auto places = with_key(known, line);
        const auto next = std::find_if(places.begin(), places.end(), [&](Position i) { return !spoken_of.count(i); });
        if (next == places.end()) {
            if (!blank(line.text)) added.push_back(line);
            continue;
        }
        spoken_of.insert(*next);
        if (line.says == Says::text) replace(known[static_cast<std::size_t>(*next)], line);
    }
    for (auto& line : added) known.push_back(std::move(line));
}

}  // namespace gantry::effects
