#include "engine/structures/compiler/notation.hpp"

#include <algorithm>

namespace gantry::structures::compiler {
namespace {

bool is_name(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

class Reader {
  public:
    Reader(std::string_view id, std::string_view text) : text_(text) { open(std::string(id), 'g', 1, 1); }

    Result<std::vector<Node>> read() {
        for (skip_blanks(); at_ < text_.size(); skip_blanks())
            if (!read_item()) return wrong();
        if (open_.size() != 1) return wrong();
        close();
        settle_empty_groups();
        return std::move(nodes_);
    }

  private:
    // {OBSERVATION: [OBX] [{NTE}]} may be empty, whatever its brackets say. Inner groups come after outer ones.
    void settle_empty_groups() {
        for (auto n = nodes_.size(); n-- > 1;) {
            if (nodes_[n].kind != 'g') continue;
            bool empty = true;
            for (auto child = n + 1; child < nodes_[n].end; child = nodes_[child].end)
                empty = empty && nodes_[child].min == 0;
            if (empty) nodes_[n].min = 0;
        }
    }

    Error wrong() const {
        return {ErrorCode::config_syntax, nodes_.front().name + ": column " + std::to_string(at_ + 1), {}};
    }

    void skip_blanks() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    }

    bool take(char c) {
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

    std::string_view name() {
        const auto begin = at_;
        while (at_ < text_.size() && is_name(text_[at_])) ++at_;
        return text_.substr(begin, at_ - begin);
    }

    void open(std::string name, char kind, std::uint8_t min, std::uint8_t max) {
        const auto parent = open_.empty() ? std::size_t{0} : open_.back();
        nodes_.push_back({std::move(name), kind, min, max, 0, static_cast<std::uint16_t>(parent)});
        open_.push_back(nodes_.size() - 1);
    }
    void close() {
        nodes_[open_.back()].end = static_cast<std::uint16_t>(nodes_.size());
        open_.pop_back();
    }

    // Opening brackets and what they enclose; or the closing brackets of a group.
    bool read_item() {
        if (const auto closing = std::string_view(")}]").find(text_[at_]); closing != std::string_view::npos)
            return close_group();
        brackets_.clear();
        while (at_ < text_.size() && std::string_view("([{").find(text_[at_]) != std::string_view::npos)
            brackets_.push_back(text_[at_++]);
        const std::uint8_t min = brackets_.find('[') == std::string::npos ? 1 : 0;
        const std::uint8_t max = brackets_.find('{') == std::string::npos ? 1 : 0;
        if (take('<')) return read_choice(min, max) && close_brackets(brackets_);
        const auto word = name();
        if (word.empty()) return false;
        open(std::string(word), 's', min, max);
        if (!take(':')) {
            close();
            return close_brackets(brackets_);
        }
        nodes_.back().kind = 'g';
        group_brackets_.push_back(brackets_);
        return !brackets_.empty();
    }

    bool read_choice(std::uint8_t min, std::uint8_t max) {
        open("choice", 'c', min, max);
        do {
            const auto word = name();
            if (word.empty()) return false;
            open(std::string(word), 's', 0, 1);
            close();
        } while (take('|'));
        close();
        return take('>');
    }

    bool close_group() {
        if (group_brackets_.empty()) return false;
        close();
        const auto brackets = group_brackets_.back();
        group_brackets_.pop_back();
        return close_brackets(brackets);
    }

    bool close_brackets(const std::string& brackets) {
        return std::all_of(brackets.rbegin(), brackets.rend(), [&](char c) {
            return take(c == '(' ? ')' : c == '[' ? ']' : '}');
        });
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<Node> nodes_;
    std::vector<std::size_t> open_;
    std::string brackets_;
    std::vector<std::string> group_brackets_;
};

}  // namespace

Result<std::vector<Node>> read_notation(std::string_view id, std::string_view text) {
    return Reader(id, text).read();
}

}  // namespace gantry::structures::compiler
