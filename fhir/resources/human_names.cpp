#include "fhir/resources/human_names.hpp"

#include <algorithm>
#include <array>

#include "fhir/resources/extensions.hpp"

namespace gantry::fhir {
namespace {

constexpr std::array<std::string_view, 3> representations{"ABC", "IDE", "SYL"};

template <std::size_t count>
std::array<std::string_view, count> split(std::string_view text, char separator) {
    std::array<std::string_view, count> out;
    for (auto& part : out) {
        const auto end = text.find(separator);
        part = text.substr(0, end);
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return out;
}

bool says_something(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '^'; });
}

struct Name {
    std::string_view family, given, middle, prefix, suffix;
};

Name name_of(std::string_view group) {
    const auto parts = split<5>(group, '^');
    return {parts[0], parts[1], parts[2], parts[3], parts[4]};
}

std::string text_of(std::string_view group, bool family_first) {
    const auto name = name_of(group);
    std::string out;
    const auto add = [&](std::string_view part) {
        if (says_something(part)) out.append(out.empty() ? "" : " ").append(part);
    };
    add(name.prefix);
    if (family_first) add(name.family);
    add(name.given);
    add(name.middle);
    if (!family_first) add(name.family);
    add(name.suffix);
    return out;
}

void write_representation(ResourceWriter& out, std::string_view code) {
    out.array("extension", [&] {
        out.object({}, [&] {
            out.word("url", extensions::name_representation);
            out.word("valueCode", code);
        });
    });
}

void write_parts(ResourceWriter& out, const Name& name) {
    out.string("family", name.family);
    out.array("given", [&] {
        out.string({}, name.given);
        out.string({}, name.middle);
    });
    out.array("prefix", [&] { out.string({}, name.prefix); });
    out.array("suffix", [&] { out.string({}, name.suffix); });
}

}  // namespace

void write_human_names(ResourceWriter& out, std::string_view name, std::string_view use) {
    const auto groups = split<3>(name, '=');
    const bool several = says_something(groups[1]) || says_something(groups[2]);
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (!says_something(groups[i])) continue;
        out.object({}, [&] {
            if (several) write_representation(out, representations[i]);
            out.word("use", use);
            out.string("text", text_of(groups[i], i > 0));
            write_parts(out, name_of(groups[i]));
        });
    }
}

std::string display_of(std::string_view name) {
    const auto groups = split<3>(name, '=');
    for (std::size_t i = 0; i < groups.size(); ++i)
        if (says_something(groups[i])) return text_of(groups[i], i > 0);
    return {};
}

}  // namespace gantry::fhir
