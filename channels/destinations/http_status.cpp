#include "channels/destinations/http_status.hpp"

#include <algorithm>
#include <utility>

namespace gantry::channels {
namespace {

using Verdict = runtime::Destination::Verdict;

constexpr std::pair<std::string_view, Verdict> words[] = {{"done", Verdict::delivered},
                                                          {"retry", Verdict::retry},
                                                          {"dead", Verdict::refused},
                                                          {"hold", Verdict::held},
                                                          {"doubt", Verdict::in_doubt}};

std::optional<Verdict> verdict_of(std::string_view word) {
    const auto* const found =
        std::find_if(std::begin(words), std::end(words), [&](const auto& known) { return known.first == word; });
    if (found == std::end(words)) return std::nullopt;
    return found->second;
}

bool is_status(std::string_view name) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (name.size() != 3 || name[0] < '2' || name[0] > '5') return false;
    return name.substr(1) == "xx" || (digit(name[1]) && digit(name[2]));
}

}  // namespace

std::string wrong_status_actions(const StatusActions& actions) {
    for (const auto& [name, word] : actions) {
        if (!is_status(name)) return "\"" + name + "\" is no status such as \"404\", and no class such as \"4xx\"";
        if (!verdict_of(word)) return "\"" + word + "\" is none of done, retry, dead, hold and doubt";
    }
    return {};
}

std::optional<Verdict> named_verdict(int status, const StatusActions& actions) {
    const auto name = std::to_string(status);
    auto found = actions.find(name);
    if (found == actions.end()) found = actions.find(name.substr(0, 1) + "xx");
    return found == actions.end() ? std::nullopt : verdict_of(found->second);
}

Verdict status_verdict(int status, const StatusActions& actions) {
    if (const auto named = named_verdict(status, actions)) return *named;
    switch (status) {
        case 401:
        case 403:
        case 407:
            return Verdict::held;
        case 408:
        case 425:
        case 429:
            return Verdict::retry;
        default:
            break;
    }
    if (status >= 200 && status < 300) return Verdict::delivered;
    if (status >= 400 && status < 500) return Verdict::refused;
    return status >= 500 && status < 600 ? Verdict::retry : Verdict::held;
}

}  // namespace gantry::channels
