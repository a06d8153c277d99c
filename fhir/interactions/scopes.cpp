#include "fhir/interactions/scopes.hpp"

#include <algorithm>

namespace gantry::fhir {
namespace {

constexpr std::string_view letters = "cruds";  // in the order of their bits
constexpr std::uint8_t every_action = 31;

std::optional<std::uint8_t> actions_of(std::string_view text) {
    const auto bit = [](Action action) { return static_cast<std::uint8_t>(action); };
    if (text == "*") return every_action;
    if (text == "read") return static_cast<std::uint8_t>(bit(Action::read) | bit(Action::search));
    if (text == "write")
        return static_cast<std::uint8_t>(bit(Action::create) | bit(Action::update) | bit(Action::remove));
    std::uint8_t out = 0;
    std::size_t next = 0;  // each letter once, in their order
    for (const char c : text) {
        const auto at = letters.find(c, next);
        if (at == std::string_view::npos) return std::nullopt;
        out = static_cast<std::uint8_t>(out | (1u << at));
        next = at + 1;
    }
    return text.empty() ? std::nullopt : std::optional(out);
}

std::optional<Scope::Context> context_of(std::string_view text) {
    if (text == "patient") return Scope::Context::patient;
    if (text == "user") return Scope::Context::user;
    if (text == "system") return Scope::Context::system;
    return std::nullopt;
}

bool is_type(std::string_view text) {
    const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    return text == "*" ||
           (!text.empty() && text[0] >= 'A' && text[0] <= 'Z' && std::all_of(text.begin(), text.end(), is_letter));
}

std::optional<Scope> scope_of(std::string_view word) {
    const auto slash = word.find('/'), dot = word.find('.');
    if (slash == std::string_view::npos || dot == std::string_view::npos || dot < slash) return std::nullopt;
    const auto context = context_of(word.substr(0, slash));
    const auto type = word.substr(slash + 1, dot - slash - 1);
    const auto actions = actions_of(word.substr(dot + 1));
    if (!context || !is_type(type) || !actions) return std::nullopt;
    return Scope{*context, std::string(type), *actions};
}

}  // namespace

Result<std::vector<Scope>> scopes_of(std::string_view text) {
    std::vector<Scope> out;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const auto word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (word.empty()) continue;
        auto scope = scope_of(word);
        if (!scope)
            return Error{ErrorCode::usage,
                         "\"" + std::string(word) + "\" is no scope; they are written system/Patient.rs, user/*.read",
                         {}};
        out.push_back(std::move(*scope));
    }
    if (out.empty()) return Error{ErrorCode::usage, "there is no scope", {}};
    return out;
}

Reach reach(const Grant& grant, std::string_view type, Action action) {
    auto out = Reach::nothing;
    for (const auto& scope : grant.scopes) {
        const bool meant =
            (scope.type == "*" || scope.type == type) && (scope.actions & static_cast<std::uint8_t>(action)) != 0;
        if (!meant) continue;
        if (scope.context != Scope::Context::patient) return Reach::everything;
        if (grant.patient != 0) out = Reach::patient;
    }
    return out;
}

std::string scope_text(std::string_view type, Action action) {
    std::size_t at = 0;
    while ((1u << at) < static_cast<unsigned>(action)) ++at;
    return "system/" + std::string(type) + "." + letters[at];
}

}  // namespace gantry::fhir
