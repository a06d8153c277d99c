#include "engine/json/format.hpp"

#include <algorithm>
#include <iterator>

#include "engine/json/value.hpp"

namespace gantry::json {
namespace {

constexpr std::size_t widest = 120;

struct Item;

struct Node {
    std::string scalar;  // its text; empty: an object or a list
    char open = 0;       // of an object or a list
    std::vector<Item> items;
    std::vector<std::string> tail;  // comments before the closing bracket
};

struct Item {
    std::vector<std::string> before;  // comments above it; "": an empty line
    std::string key;                  // with its quotes; empty in a list
    Node value;
    std::string after;  // a comment in the same line
};

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string without_blanks_at_end(std::string_view text) {
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return std::string(text);
}

// Reads text that parse() has taken, so that nothing can be wrong with it.
class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}

    Item document() {
        Item out;
        out.before = comments();
        out.value = value();
        out.after = comment_in_line();
        auto below = comments();
        end_.assign(below.begin(), below.end());
        return out;
    }
    const std::vector<std::string>& end() const { return end_; }

  private:
    char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool at_comment() const {
        return here() == '/' && at_ + 1 < text_.size() && (text_[at_ + 1] == '/' || text_[at_ + 1] == '*');
    }

    std::string comment() {
        const bool line = text_[at_ + 1] == '/';
        const auto found = text_.find(line ? "\n" : "*/", at_ + 2);
        const auto end = std::min(found == std::string_view::npos ? found : found + (line ? 0 : 2), text_.size());
        auto out = without_blanks_at_end(text_.substr(at_, end - at_));
        at_ = end;
        return out;
    }

    // What stands before the next token: comments, and "" for one or more empty lines between them.
    std::vector<std::string> comments() {
        std::vector<std::string> out;
        std::size_t lines = 0;
        for (;; ++at_) {
            if (at_comment()) {
                if (lines > 1) out.emplace_back();
                out.push_back(comment());
                lines = 0;
            }
            if (!is_blank(here())) break;
            lines += here() == '\n';
        }
        if (lines > 1) out.emplace_back();
        return out;
    }

    // A comment that begins before the line ends.
    std::string comment_in_line() {
        const auto start = at_;
        while (here() == ' ' || here() == '\t') ++at_;
        if (at_comment()) return comment();
        at_ = start;
        return {};
    }

    std::string string() {
        const auto start = at_++;
        while (here() != '"') at_ += here() == '\\' ? 2 : 1;
        return std::string(text_.substr(start, ++at_ - start));
    }

    Node value() {
        Node out;
        if (here() == '{' || here() == '[') {
            out.open = text_[at_++];
            items(out);
        } else if (here() == '"') {
            out.scalar = string();
        } else {
            const auto start = at_;
            while (at_ < text_.size() && !is_blank(here()) && here() != ',' && here() != '}' && here() != ']' &&
                   here() != '/')
                ++at_;
            out.scalar = std::string(text_.substr(start, at_ - start));
        }
        return out;
    }

    void items(Node& into) {
        for (;;) {
            auto before = comments();
            if (here() == '}' || here() == ']') {
                ++at_;
                into.tail = std::move(before);
                return;
            }
            into.items.push_back(item(into.open == '{', std::move(before)));
        }
    }

    Item item(bool member, std::vector<std::string> before) {
        Item out;
        out.before = std::move(before);
        const auto above = [&](const std::vector<std::string>& more) {
            std::copy_if(more.begin(), more.end(), std::back_inserter(out.before),
                         [](const auto& c) { return !c.empty(); });
        };
        if (member) {
            out.key = string();
            above(comments());
            ++at_;  // the colon
            above(comments());
        }
        out.value = value();
        out.after = comment_in_line();
        separate(out);
        return out;
    }

    // The comma, wherever it stands, and a comment behind it in its line.
    void separate(Item& item) {
        const auto start = at_;
        auto before_comma = comments();
        if (here() != ',') {
            at_ = start;
            return;
        }
        ++at_;
        for (auto& one : before_comma)
            if (!one.empty()) item.before.push_back(std::move(one));
        if (item.after.empty()) item.after = comment_in_line();
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<std::string> end_;
};

std::string name_of(const std::string& key) {
    return key.empty() ? key : parse(key)->string();
}

void sort(Node& node, const KeyOrder& order, std::vector<std::string>& path) {
    if (node.open == '{') {
        const auto wanted = order(path);
        const auto rank = [&](const Item& item) {
            return std::find(wanted.begin(), wanted.end(), name_of(item.key)) - wanted.begin();
        };
        std::stable_sort(node.items.begin(), node.items.end(),
                         [&](const Item& a, const Item& b) { return rank(a) < rank(b); });
    }
    for (auto& item : node.items) {
        path.push_back(name_of(item.key));
        sort(item.value, order, path);
        path.pop_back();
    }
}

class Printer {
  public:
    std::string print(const Item& document, const std::vector<std::string>& end) {
        lines(document.before, 0, true);
        node(document.value, 0, true);
        if (!document.after.empty()) out_ += "  " + document.after;
        out_ += "\n";
        lines(end, 0, false);
        while (out_.size() > 1 && out_.ends_with("\n\n")) out_.pop_back();
        return std::move(out_);
    }

  private:
    static std::string indent(std::size_t depth) { return std::string(2 * depth, ' '); }

    void lines(const std::vector<std::string>& comments, std::size_t depth, bool first) {
        for (const auto& one : comments) {
            if (one.empty() && first) continue;
            out_ += one.empty() ? "\n" : indent(depth) + one + "\n";
            first = false;
        }
    }

    void node(const Node& node, std::size_t depth, bool root) {
        if (node.open == 0) {
            out_ += node.scalar;
            return;
        }
        if (node.items.empty() && is_plain(node)) {
            out_ += node.open == '{' ? "{}" : "[]";
            return;
        }
        // What follows in the line is at most a comma.
        const auto line_start = out_.rfind('\n') + 1;
        const auto room = widest - std::min(widest, columns(std::string_view(out_).substr(line_start)) + 1);
        std::string one;
        if (!root && in_one_line(node, one, room)) {
            out_ += one;
            return;
        }
        out_ += node.open;
        out_ += '\n';
        for (std::size_t i = 0; i < node.items.size(); ++i)
            item(node.items[i], depth + 1, i == 0, i + 1 == node.items.size());
        auto tail = node.tail;
        while (!tail.empty() && tail.back().empty()) tail.pop_back();
        lines(tail, depth + 1, node.items.empty());
        out_ += indent(depth) + (node.open == '{' ? "}" : "]");
    }

    void item(const Item& item, std::size_t depth, bool first, bool last) {
        lines(item.before, depth, first);
        out_ += indent(depth);
        if (!item.key.empty()) out_ += item.key + ": ";
        node(item.value, depth, false);
        if (!last) out_ += ",";
        if (!item.after.empty()) out_ += "  " + item.after;
        out_ += "\n";
    }

    // Characters, not bytes.
    static std::size_t columns(std::string_view text) {
        return static_cast<std::size_t>(std::count_if(
            text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
    }

    static bool has_comment(const std::vector<std::string>& lines) {
        return std::any_of(lines.begin(), lines.end(), [](const auto& line) { return !line.empty(); });
    }
    static bool is_plain(const Node& node) { return !has_comment(node.tail); }

    static bool in_one_line(const Node& node, std::string& out, std::size_t room) {
        if (node.open == 0) {
            out += node.scalar;
            return columns(out) <= room;
        }
        if (!is_plain(node)) return false;
        out += node.open;
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            const auto& item = node.items[i];
            if (has_comment(item.before) || !item.after.empty()) return false;
            if (i > 0) out += ", ";
            if (!item.key.empty()) out += item.key + ": ";
            if (!in_one_line(item.value, out, room)) return false;
        }
        out += node.open == '{' ? '}' : ']';
        return columns(out) <= room;
    }

    std::string out_;
};

}  // namespace

Result<std::string> format(std::string_view text, const KeyOrder& order) {
    if (const auto parsed = parse(text); !parsed) return parsed.error();
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    Reader reader(text);
    auto document = reader.document();
    std::vector<std::string> path;
    if (order) sort(document.value, order, path);
    return Printer().print(document, reader.end());
}

}  // namespace gantry::json
