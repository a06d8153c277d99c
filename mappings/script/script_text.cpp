#include "mappings/script/script_text_internal.hpp"

#include <algorithm>

namespace gantry::mappings::script {

ScriptText::ScriptText(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {
    tokens_ = tokens_of(text_);
    for (const auto& token : tokens_) {
        if (token.kind == Token::Kind::text) literals_.insert(token.value);
        if (token.is_name()) names_.emplace(token.written);
    }
    const auto lines = std::count(text_.begin(), text_.end(), '\n') + 1;
    for (int line = 0; line <= lines; ++line) sources_.push_back("script " + place(line));
}

std::string_view ScriptText::source(int line) const {
    return sources_[line > 0 && static_cast<std::size_t>(line) < sources_.size() ? static_cast<std::size_t>(line) : 0];
}

std::string ScriptText::place(int line) const {
    return line > 0 ? name_ + ":" + std::to_string(line) : name_;
}

}  // namespace gantry::mappings::script
