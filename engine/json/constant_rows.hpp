// For the small programs that turn JSON documents into constant arrays of the engine while it is built: strings in one
// pool, rows as the text of their initialisers. Nothing of it is in the engine itself.
#pragma once
#include <cstdint>
#include <ostream>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gantry::json {

// Strings, each kept once, one behind the other with a NUL after each.
class ConstantPool {
  public:
    // Where it begins.
    std::uint32_t add(const std::string& text) {
        const auto [at, added] = offsets_.try_emplace(text, static_cast<std::uint32_t>(bytes_));
        if (added) {
            order_.push_back(&at->first);
            bytes_ += text.size() + 1;
        }
        return at->second;
    }
    // `const char pool[] = …`
    void write(std::ostream& out) const {
        out << "const char pool[] =";
        for (const auto* text : order_) out << "\n\"" << escaped(*text) << "\\0\"";
        out << ";\n";
    }

  private:
    static std::string escaped(const std::string& text) {
        std::string out;
        for (const char c : text) {
            if (c == '"' || c == '\\' || c == '?') out += '\\';
            out += c;
        }
        return out;
    }

    std::unordered_map<std::string, std::uint32_t> offsets_;
    std::vector<const std::string*> order_;
    std::size_t bytes_ = 0;
};

// An array of `type`, its rows as text ("1, 2, 'x'"); a run of rows that is there already is not written again.
class ConstantRows {
  public:
    struct Run {
        std::uint32_t first, count;
        // As the initialiser of a struct of two numbers.
        std::string text() const { return "{" + std::to_string(first) + ", " + std::to_string(count) + "}"; }
    };

    ConstantRows(std::string type, std::string name) : type_(std::move(type)), name_(std::move(name)) {}

    Run add(const std::vector<std::string>& run) {
        std::string key;
        for (const auto& row : run) key += row + "\n";
        const auto [at, added] = runs_.try_emplace(key, static_cast<std::uint32_t>(rows_.size()));
        if (added) rows_.insert(rows_.end(), run.begin(), run.end());
        return {at->second, static_cast<std::uint32_t>(run.size())};
    }
    // `const std::span<const type> name = …`
    void write(std::ostream& out) const {
        out << "constexpr " << type_ << " " << name_ << "_rows[] = {\n";
        for (const auto& row : rows_) out << "{" << row << "},\n";
        out << "};\nconst std::span<const " << type_ << "> " << name_ << " = " << name_ << "_rows;\n";
    }

  private:
    std::string type_, name_;
    std::vector<std::string> rows_;
    std::unordered_map<std::string, std::uint32_t> runs_;
};

}  // namespace gantry::json
