// The field `warnings` of an order or report: what a person should look at, one sentence per line, each said once.
#pragma once
#include <string>

namespace gantry::effects {

// Of an order that only results have told of so far.
inline constexpr const char* only_its_result = "Only the result is known; the order itself was not received.";

inline bool has_sentence(const std::string& warnings, const std::string& sentence) {
    return ("\n" + warnings + "\n").find("\n" + sentence + "\n") != std::string::npos;
}

inline void add_sentence(std::string& warnings, const std::string& sentence) {
    if (sentence.empty() || has_sentence(warnings, sentence)) return;
    warnings += (warnings.empty() ? "" : "\n") + sentence;
}

inline void remove_sentence(std::string& warnings, const std::string& sentence) {
    const auto at = ("\n" + warnings + "\n").find("\n" + sentence + "\n");
    if (at == std::string::npos) return;
    warnings.erase(at, sentence.size() + 1);
    if (!warnings.empty() && warnings.back() == '\n') warnings.pop_back();
}

}  // namespace gantry::effects
