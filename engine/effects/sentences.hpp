// The field `warnings` of an order: what a person should look at, one sentence per line, each said once.
#pragma once
#include <string>

namespace gantry::effects {

inline void add_sentence(std::string& warnings, const std::string& sentence) {
    if (sentence.empty() || ("\n" + warnings + "\n").find("\n" + sentence + "\n") != std::string::npos) return;
    warnings += (warnings.empty() ? "" : "\n") + sentence;
}

inline void remove_sentence(std::string& warnings, const std::string& sentence) {
    const auto at = ("\n" + warnings + "\n").find("\n" + sentence + "\n");
    if (at == std::string::npos) return;
    warnings.erase(at, sentence.size() + 1);
    if (!warnings.empty() && warnings.back() == '\n') warnings.pop_back();
}

}  // namespace gantry::effects
