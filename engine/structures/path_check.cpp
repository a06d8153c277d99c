#include "engine/structures/path_check.hpp"

#include <algorithm>

#include "engine/json/diagnostic.hpp"

namespace gantry::structures {
namespace {

using Answer = PathVerdict::Answer;

std::vector<Version> versions_of(const PathScope& scope) {
    std::vector<Version> out;
    for (const auto& text : scope.versions) out.push_back(Version::nearest(text));
    for (std::size_t n = 0; scope.versions.empty() && n < Version::count(); ++n) out.push_back(Version::at(n));
    return out;
}

std::string count_of(std::size_t n, std::string_view what) {
    return std::to_string(n) + " " + std::string(what) + (n == 1 ? "" : "s");
}

bool anything_goes(const Version& version, std::string_view type) {
    return type == "Varies" || type == "CM" || !version.type(type);
}

// Part n of a value of that type: its type, or why there is none. Part 1 of what has no parts is the value itself.
struct Part {
    std::string_view type;
    std::string problem;
};
Part part_of(const Version& version, std::string_view type, std::size_t n, const std::string& where) {
    if (n == 0 || anything_goes(version, type)) return {anything_goes(version, type) ? "Varies" : type, {}};
    const auto components = version.type(type)->components;
    if (components.size() == 0 && n == 1) return {type, {}};
    if (const auto part = components.at(n)) return {part->type, {}};
    const auto in = " in " + std::string(version.text());
    if (components.size() == 0) return {type, where + " is " + std::string(type) + in + ", which has no components"};
    return {type, where + " is " + std::string(type) + in + ", which has " + count_of(components.size(), "component")};
}

// Why the path cannot be in that version; empty when it can.
std::string problem_in(const Version& version, const hl7::Path& path) {
    const auto segment = version.segment(path.segment());
    if (!segment) return path.segment() + " is no segment of " + std::string(version.text());
    const auto field = segment->fields.at(path.field());
    if (!field)
        return path.segment() + " has " + count_of(segment->fields.size(), "field") + " in " +
               std::string(version.text());
    const auto name = path.segment() + "-" + std::to_string(path.field());
    const auto component = part_of(version, field->type, path.component(), name);
    if (!component.problem.empty()) return component.problem;
    return part_of(version, component.type, path.subcomponent(), name + "." + std::to_string(path.component())).problem;
}

std::string suggestion(const std::vector<Version>& versions, const std::string& segment) {
    std::vector<std::string_view> ids;
    for (const auto& version : versions)
        for (std::size_t n = 0; n < version.segments(); ++n) ids.push_back(version.segment_at(n).id);
    return json::did_you_mean(segment, ids);
}

bool asked_for(const std::vector<std::string>& messages, std::string_view key) {
    return std::any_of(messages.begin(), messages.end(), [&](std::string_view message) {
        return key == message ||
               (message.size() == 5 && message.substr(3) == "^*" && key.substr(0, 3) == message.substr(0, 3));
    });
}

// Whether one of the messages, as far as they are known, can hold the segment. Messages nobody knows can.
bool in_a_structure(const std::vector<Version>& versions, const PathScope& scope, std::string_view segment) {
    bool known = false;
    for (const auto& version : versions)
        for (std::size_t n = 0; n < version.events(); ++n) {
            const auto event = version.event_at(n);
            if (!asked_for(scope.messages, event.key)) continue;
            if (event.structure.has_segment(segment)) return true;
            known = true;
        }
    return !known;
}

std::string joined(const std::vector<std::string>& words) {
    constexpr std::size_t shown = 3;
    std::string out;
    for (std::size_t n = 0; n < words.size() && n < shown; ++n) out += (n == 0 ? "" : ", ") + words[n];
    return words.size() > shown ? out + " and " + std::to_string(words.size() - shown) + " more" : out;
}

}  // namespace

PathVerdict check_path(const hl7::Path& path, const PathScope& scope) {
    if (path.segment().front() == 'Z') return {};
    const auto versions = versions_of(scope);
    std::string problem;
    bool has_segment = false, possible = false;
    // The newest version that has the segment says what is wrong.
    for (const auto& version : versions) {
        auto here = problem_in(version, path);
        const bool there = version.segment(path.segment()).has_value();
        possible = possible || here.empty();
        if (there || !has_segment) problem = std::move(here);
        has_segment = has_segment || there;
    }
    if (!has_segment) problem += suggestion(versions, path.segment());
    if (!possible) return {Answer::impossible, problem};
    if (scope.messages.empty() || in_a_structure(versions, scope, path.segment())) return {};
    return {Answer::not_in_structure, path.segment() + " is no part of " + joined(scope.messages)};
}

}  // namespace gantry::structures
