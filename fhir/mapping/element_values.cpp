#include "fhir/mapping/element_values.hpp"

#include <algorithm>
#include <array>

#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/coding_systems.hpp"
#include "fhir/resources/extensions.hpp"

namespace gantry::fhir {
namespace {

using r4::Element;

// Separators of PN and of lists, which no part of a name can have.
std::string name_part(std::string_view text) {
    std::string out(trimmed(text));
    std::replace_if(
        out.begin(), out.end(), [](char c) { return c == '^' || c == '=' || c == '\\' || c == '\n' || c == '\t'; },
        ' ');
    return out;
}

// A text stays as it was written.
std::string_view unless_blank(std::string_view text) {
    return trimmed(text).empty() ? std::string_view() : text;
}

std::string joined(Element parent, std::string_view name, std::size_t from) {
    std::string out;
    std::size_t i = 0;
    for_each(parent, name, [&](Element one) {
        if (i++ < from || one.value().empty()) return;
        out.append(out.empty() ? "" : " ").append(name_part(one.value()));
    });
    return out;
}

std::size_t representation_of(Element name) {
    const auto code = extension_text(name, extensions::name_representation);
    return code == "IDE" ? 1 : code == "SYL" ? 2 : 0;
}

struct Person {
    std::string name;
    std::string_view use;
    std::size_t groups = 1;  // the next one must be a later one
};

std::vector<Person> persons_of(Element person) {
    std::vector<Person> out;
    for_each(person, "name", [&](Element name) {
        const auto group = name_group(name);
        if (group.empty()) return;
        const auto use = name["use"].value();
        const auto which = representation_of(name);
        const bool same = which > 0 && !out.empty() && out.back().use == use && which >= out.back().groups;
        if (!same) out.push_back({{}, use, 0});
        auto& last = out.back();
        if (last.groups == 0) {
            last.name = std::string(which, '=') + group;
        } else {
            last.name.append(which + 1 - last.groups, '=').append(group);
        }
        last.groups = which + 1;
    });
    return out;
}

int number_at(std::string_view text, std::size_t at, std::size_t size) {
    int out = 0;
    for (std::size_t i = at; i < at + size; ++i) {
        if (i >= text.size() || text[i] < '0' || text[i] > '9') return -1;
        out = out * 10 + (text[i] - '0');
    }
    return out;
}

struct Reading {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    bool timed = false;
    std::optional<int> offset;  // minutes
};

std::optional<int> offset_of(std::string_view text) {
    if (text == "Z") return 0;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
    const int hours = number_at(text, 1, 2), minutes = number_at(text, 4, 2);
    if (hours < 0 || minutes < 0 || hours > 14 || minutes > 59) return std::nullopt;
    return (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
}

std::optional<Reading> reading_of(std::string_view text) {
    if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    Reading out;
    out.year = number_at(text, 0, 4), out.month = number_at(text, 5, 2), out.day = number_at(text, 8, 2);
    if (out.year < 1 || !valid_date(out.year, out.month, out.day)) return std::nullopt;
    if (text.size() < 20 || text[10] != 'T') return text.size() == 10 ? std::optional(out) : std::nullopt;
    out.hour = number_at(text, 11, 2), out.minute = number_at(text, 14, 2), out.second = number_at(text, 17, 2);
    out.offset = offset_of(text.substr(std::min(text.find_first_of("Z+-", 19), text.size())));
    out.timed = true;
    if (out.second == 60) out.second = 59;  // a leap second, which records do not have
    const bool possible = out.hour >= 0 && out.hour < 24 && out.minute >= 0 && out.minute < 60 && out.second >= 0 &&
                          out.second < 60 && out.offset;
    return possible ? std::optional(out) : std::nullopt;
}

std::string padded(int value, std::size_t digits) {
    auto out = std::to_string(value);
    return std::string(out.size() < digits ? digits - out.size() : 0, '0') + out;
}

int offset_at_site(const Reading& r, const Zone* zone) {
    return zone ? zone->at(r.year, r.month, r.day, r.hour, r.minute, r.second).offset_minutes : 0;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string list_item(std::string_view text) {
    std::string out(trimmed(text));
    std::replace(out.begin(), out.end(), '\\', ' ');
    return out;
}

ReadNumber number_of(Element identifier, const IdentifierSystems& systems) {
    ReadNumber out;
    out.value = trimmed(identifier["value"].value());
    if (out.value.empty()) return {};
    out.authority = systems.authority_for(trimmed(identifier["system"].value()),
                                          trimmed(identifier["assigner"]["display"].value()));
    const auto type = identifier["type"];
    for_each(type, "coding", [&](Element coding) {
        const auto system = coding["system"].value();
        const bool of_table = system.empty() || system == systems::identifier_type;
        if (out.type.empty() && of_table) out.type = coding["code"].value();
    });
    if (out.type.empty()) out.type = trimmed(type["text"].value());
    return out;
}

std::string uid_of(Element identifier) {
    auto value = trimmed(identifier["value"].value());
    const bool oid = value.starts_with("urn:oid:");
    if (oid) value.remove_prefix(8);
    return identifier["system"].value() == "urn:dicom:uid" ? std::string(value) : std::string();
}

ReadConcept concept_of(Element codeable) {
    ReadConcept out;
    Element chosen;
    for_each(codeable, "coding", [&](Element coding) {
        const bool better = !chosen || (!chosen.has("code") && coding.has("code"));
        if (better && (coding.has("code") || coding.has("display"))) chosen = coding;
    });
    if (chosen) {
        out.code = trimmed(chosen["code"].value());
        out.meaning = unless_blank(chosen["display"].value());
        out.scheme = scheme_of_system(chosen["system"].value());
        if (out.scheme.empty()) out.scheme = extension_text(chosen, extensions::coding_scheme);
    }
    out.text = unless_blank(codeable["text"].value());
    return out;
}

bool has_coding(Element codeable, std::string_view system, std::string_view code) {
    for (auto coding = codeable["coding"]; coding; coding = coding.again())
        if (coding["system"].value() == system && coding["code"].value() == code) return true;
    return false;
}

std::string_view extension_text(Element of, std::string_view url) {
    for (auto one = of["extension"]; one; one = one.again())
        if (one["url"].value() == url) return one["value"].value();
    return {};
}

std::string name_group(Element name) {
    const auto given = name["given"];
    std::array<std::string, 5> parts{name_part(name["family"].value()),
                                     given ? name_part(given.value()) : std::string(), joined(name, "given", 1),
                                     joined(name, "prefix", 0), joined(name, "suffix", 0)};
    std::string out;
    for (const auto& part : parts) out.append(&part == parts.data() ? "" : "^").append(part);
    out.erase(out.find_last_not_of('^') + 1);
    return out.empty() ? name_part(name["text"].value()) : out;
}

ReadNames names_of(Element person) {
    const auto all = persons_of(person);
    const auto with_use = [&](std::string_view use) {
        return std::find_if(all.begin(), all.end(), [&](const Person& one) { return one.use == use; });
    };
    auto first = with_use("official");
    if (first == all.end()) first = with_use("usual");
    if (first == all.end()) first = all.begin();
    ReadNames out;
    for (auto one = all.begin(); one != all.end(); ++one) {
        if (one == first)
            out.first = one->name;
        else
            out.others.append(out.others.empty() ? "" : "\\").append(one->name);
    }
    return out;
}

std::string moment_of(std::string_view date_time, const Zone* zone) {
    const auto r = reading_of(date_time);
    if (!r) return {};
    auto out = padded(r->year, 4) + padded(r->month, 2) + padded(r->day, 2);
    if (!r->timed) return out;
    out += padded(r->hour, 2) + padded(r->minute, 2) + padded(r->second, 2);
    if (*r->offset == offset_at_site(*r, zone)) return out;
    const int size = std::abs(*r->offset);
    return out + (*r->offset < 0 ? "-" : "+") + padded(size / 60, 2) + padded(size % 60, 2);
}

std::optional<Instant> instant_at(std::string_view date_time, const Zone* zone) {
    const auto r = reading_of(date_time);
    if (!r) return std::nullopt;
    const int offset = r->timed ? *r->offset : offset_at_site(*r, zone);
    const auto seconds = days_from_civil(r->year, r->month, r->day) * 86'400 + r->hour * 3'600 + r->minute * 60 +
                         r->second - offset * 60;
    return Instant{seconds * 1'000'000};
}

std::string event_time_of(Instant at) {
    static const Zone utc("UTC");
    const auto local = utc.local(at);
    return local.date() + local.time();
}

}  // namespace gantry::fhir
