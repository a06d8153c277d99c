#include "mappings/script/tokens_internal.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/base/utf8.hpp"

namespace gantry::mappings::script {
namespace {

using Kind = Token::Kind;

constexpr std::array<std::string_view, 22> keywords{
    "and", "break", "do",  "else", "elseif", "end",    "false",  "for",  "function", "goto",  "if",
    "in",  "local", "nil", "not",  "or",     "repeat", "return", "then", "true",     "until", "while"};
constexpr std::array<std::string_view, 12> long_symbols{"...", "..", "==", "~=", "<=", ">=", "//", "::", "<<", ">>"};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

class Reader {
  public:
    explicit Reader(std::string_view source) : source_(source) {}

    std::vector<Token> run() {
        if (source_.substr(0, 1) == "#") skip_line();
        while (skip_blanks(), at_ < source_.size()) out_.push_back(next());
        out_.push_back({Kind::end, source_.substr(source_.size()), {}, position()});
        return std::move(out_);
    }

  private:
    char peek(std::size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }
    json::Position position() const { return {line_, static_cast<std::uint32_t>(at_ - line_start_ + 1)}; }

    void advance() {
        if (source_[at_++] != '\n') return;
        ++line_;
        line_start_ = at_;
    }
    void skip_line() {
        while (at_ < source_.size() && source_[at_] != '\n') ++at_;
    }

    void skip_blanks() {
        while (at_ < source_.size()) {
            const auto c = static_cast<unsigned char>(peek());
            if (c == ' ' || (c >= '\t' && c <= '\r'))
                advance();
            else if (c == '-' && peek(1) == '-')
                skip_comment();
            else
                return;
        }
    }

    void skip_comment() {
        at_ += 2;
        if (peek() == '[' && long_level()) return void(long_text(*long_level()));
        skip_line();
    }

    // The number of = in an opening long bracket here, or nothing.
    std::optional<std::size_t> long_level() const {
        std::size_t level = 0;
        while (peek(1 + level) == '=') ++level;
        if (peek() != '[' || peek(1 + level) != '[') return std::nullopt;
        return level;
    }

    std::string long_text(std::size_t level) {
        const auto closing = "]" + std::string(level, '=') + "]";
        at_ += level + 2;
        if (peek() == '\r') ++at_;
        if (peek() == '\n') advance();
        std::string out;
        while (at_ < source_.size() && source_.substr(at_, closing.size()) != closing) {
            out += peek();
            advance();
        }
        at_ = std::min(source_.size(), at_ + closing.size());
        return out;
    }

    Token next() {
        Token out;
        out.at = position();
        const auto begin = at_;
        const char c = peek();
        if (is_digit(c) || (c == '.' && is_digit(peek(1))))
            out.kind = Kind::number, number();
        else if (is_word(c))
            out.kind = word();
        else if (c == '"' || c == '\'')
            out.kind = Kind::text, out.value = quoted(c);
        else if (c == '[' && long_level())
            out.kind = Kind::text, out.value = long_text(*long_level());
        else
            out.kind = Kind::symbol, symbol();
        out.written = source_.substr(begin, at_ - begin);
        return out;
    }

    void number() {
        while (is_word(peek()) || peek() == '.') {
            const char c = static_cast<char>(peek() | 0x20);
            ++at_;
            if ((c == 'e' || c == 'p') && (peek() == '+' || peek() == '-')) ++at_;
        }
    }

    Kind word() {
        const auto begin = at_;
        while (is_word(peek())) ++at_;
        const auto text = source_.substr(begin, at_ - begin);
        return std::find(keywords.begin(), keywords.end(), text) != keywords.end() ? Kind::keyword : Kind::name;
    }

    void symbol() {
        for (const auto& one : long_symbols)
            if (!one.empty() && source_.substr(at_, one.size()) == one) return void(at_ += one.size());
        advance();
    }

    std::string quoted(char quote) {
        std::string out;
        for (++at_; at_ < source_.size() && peek() != quote && peek() != '\n';) {
            if (peek() == '\\')
                ++at_, escape(out);
            else
                out += source_[at_++];
        }
        if (peek() == quote) ++at_;
        return out;
    }

    void escape(std::string& out) {
        static constexpr std::string_view letters = "abfnrtv", means = "\a\b\f\n\r\t\v";
        const char c = peek();
        if (at_ >= source_.size()) return;
        if (const auto known = letters.find(c); known != std::string_view::npos)
            out += means[known], ++at_;
        else if (c == 'x')
            ++at_, out += static_cast<char>(std::max(0, hex_value(peek())) * 16 + std::max(0, hex_value(peek(1)))),
                at_ = std::min(source_.size(), at_ + 2);
        else if (c == 'z')
            ++at_, skip_white();
        else if (c == 'u')
            code_point(out);
        else if (is_digit(c))
            decimal(out);
        else
            out += c, advance();
    }

    void skip_white() {
        while (peek() == ' ' || (peek() >= '\t' && peek() <= '\r')) advance();
    }

    void decimal(std::string& out) {
        int value = 0;
        for (int digits = 0; digits < 3 && is_digit(peek()); ++digits) value = value * 10 + (source_[at_++] - '0');
        out += static_cast<char>(value);
    }

    void code_point(std::string& out) {
        std::uint32_t value = 0;
        for (at_ += 2; hex_value(peek()) >= 0; ++at_)
            value = value * 16 + static_cast<std::uint32_t>(hex_value(peek()));
        if (peek() == '}') ++at_;
        at_ = std::min(at_, source_.size());
        append_utf8(out, value);
    }

    std::string_view source_;
    std::size_t at_ = 0, line_start_ = 0;
    std::uint32_t line_ = 1;
    std::vector<Token> out_;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view source) {
    return Reader(source).run();
}

}  // namespace gantry::mappings::script
