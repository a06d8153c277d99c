#include "engine/json/diagnostic.hpp"

#include <algorithm>

namespace gantry::json {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, upper and lower case alike.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
            const bool swapped =
                i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

}  // namespace

std::string Diagnostic::text() const {
    std::string out = file + ":" + std::to_string(position.line) + ":" + std::to_string(position.column) + ": ";
    out.append(severity == Severity::error ? "error [" : "warning [")
        .append(info(code).name)
        .append("] ")
        .append(message);
    if (!pointer.empty()) out.append(" (at ").append(pointer).append(")");
    return out;
}

void Diagnostics::error(const Value& at, std::string pointer, ErrorCode code, std::string detail) {
    error_at(at.position(), std::move(pointer), code, std::move(detail));
}

void Diagnostics::warning(const Value& at, std::string pointer, ErrorCode code, std::string detail) {
    warning_at(at.position(), std::move(pointer), code, std::move(detail));
}

void Diagnostics::warning_at(Position at, std::string pointer, ErrorCode code, std::string detail) {
    error_at(at, std::move(pointer), code, std::move(detail));
    all_.back().severity = Severity::warning;
}

void Diagnostics::error_at(Position at, std::string pointer, ErrorCode code, std::string detail) {
    error_in(file_, at, std::move(pointer), code, std::move(detail));
}

void Diagnostics::error_in(std::string file, Position at, std::string pointer, ErrorCode code, std::string detail) {
    auto message = Error{code, std::move(detail), {}}.text();
    all_.push_back({std::move(file), at, Severity::error, code, std::move(message), std::move(pointer)});
}

bool Diagnostics::has_errors() const {
    return std::any_of(all_.begin(), all_.end(), [](const auto& one) { return one.severity == Severity::error; });
}

std::string_view nearest(std::string_view written, std::span<const std::string_view> known) {
    constexpr std::size_t longest_word = 100;  // the distance costs the product of the lengths
    if (written.size() > longest_word) return {};
    std::string_view best;
    std::size_t smallest = std::max<std::size_t>(written.size() / 3, 1) + 1;
    for (const auto word : known) {
        const auto here = word.size() > longest_word ? smallest : distance(written, word);
        if (here < smallest && here < written.size()) smallest = here, best = word;
    }
    return best;
}

std::string did_you_mean(std::string_view written, std::span<const std::string_view> known) {
    const auto word = nearest(written, known);
    return word.empty() ? std::string() : ", did you mean \"" + std::string(word) + "\"?";
}

}  // namespace gantry::json
