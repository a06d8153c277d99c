// The text of a script and what is known about it without running it.
#pragma once
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "mappings/script/tokens_internal.hpp"

namespace gantry::mappings::script {

class ScriptText {
  public:
    ScriptText(std::string name, std::string text);

    const std::string& name() const { return name_; }
    const std::string& text() const { return text_; }
    const std::vector<Token>& tokens() const { return tokens_; }

    // "script ward.lua:12", the source of what that line sets; lives as long as this.
    std::string_view source(int line) const;
    // "ward.lua:12"; without the number where the line is not known.
    std::string place(int line) const;
    // A sentence that the script has in it as it stands, and so nothing of a message.
    bool has_literal(std::string_view text) const { return literals_.count(std::string(text)) > 0; }
    bool has_word(std::string_view word) const { return has_literal(word) || names_.count(std::string(word)) > 0; }

  private:
    std::string name_, text_;
    std::vector<Token> tokens_;
    std::vector<std::string> sources_;  // by line; 0: unknown
    std::unordered_set<std::string> literals_, names_;
};

}  // namespace gantry::mappings::script
