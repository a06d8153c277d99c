#include "engine/settings/environment.hpp"

#include <algorithm>
#include <cstdlib>

namespace gantry::settings {
namespace {

constexpr std::string_view opening = "${", default_mark = ":-";

bool is_name(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
    const auto fits = [&](char c) { return letter(c) || (c >= '0' && c <= '9'); };
    return !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), fits);
}

// inside: what stands between the braces.
Result<std::string> value_of(std::string_view inside, const Environment& environment) {
    const auto mark = inside.find(default_mark);
    const std::string name(inside.substr(0, mark));
    if (!is_name(name))
        return Error{ErrorCode::config_out_of_range, "\"" + name + "\" is not the name of a variable", {}};
    auto value = environment.variable(name);
    if (mark == std::string_view::npos) {
        if (!value)
            return Error{ErrorCode::config_unknown_name, "environment variable " + name + " without a default", {}};
        return *value;
    }
    return value && !value->empty() ? *value : std::string(inside.substr(mark + default_mark.size()));
}

}  // namespace

std::optional<std::string> process_variable(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
}

bool has_variables(std::string_view text) {
    return text.find(opening) != std::string_view::npos;
}

Result<std::string> expanded(std::string_view text, const Environment& environment) {
    std::string out;
    for (;;) {
        const auto at = text.find(opening);
        out.append(text.substr(0, at));
        if (at == std::string_view::npos) return out;
        const bool escaped = at > 0 && text[at - 1] == '$';
        text.remove_prefix(at + opening.size());
        if (escaped) {
            out.push_back('{');
            continue;
        }
        const auto end = text.find('}');
        if (end == std::string_view::npos)
            return Error{ErrorCode::config_out_of_range, "\"${\" without a closing \"}\"", {}};
        auto value = value_of(text.substr(0, end), environment);
        if (!value) return std::move(value).error();
        out.append(*value);
        text.remove_prefix(end + 1);
    }
}

}  // namespace gantry::settings
