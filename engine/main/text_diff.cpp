#include "engine/main/text_diff.hpp"

#include <algorithm>

namespace gantry {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t most_cells = 16'000'000;  // of the table below
constexpr std::size_t context = 3;

Lines lines_of(std::string_view text) {
    Lines out;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        out.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

void append(std::vector<DiffLine>& out, char sign, const Lines& lines, std::size_t from, std::size_t to) {
    for (auto i = from; i < to; ++i) out.push_back({sign, std::string(lines[i])});
}

// Between what is the same at both ends: by the longest common subsequence.
class Middle {
  public:
    Middle(const Lines& before, const Lines& after, std::size_t from, std::size_t before_end, std::size_t after_end)
        : before_(before), after_(after), from_(from), rows_(before_end - from), columns_(after_end - from) {}

    void append_to(std::vector<DiffLine>& out) {
        if (rows_ * columns_ > most_cells) {
            append(out, '-', before_, from_, from_ + rows_);
            append(out, '+', after_, from_, from_ + columns_);
            return;
        }
        measure();
        std::size_t i = 0, j = 0;
        while (i < rows_ && j < columns_) {
            if (same(i, j)) {
                append(out, ' ', before_, from_ + i, from_ + i + 1);
                ++i, ++j;
            } else if (length(i + 1, j) >= length(i, j + 1)) {
                append(out, '-', before_, from_ + i, from_ + i + 1);
                ++i;
            } else {
                append(out, '+', after_, from_ + j, from_ + j + 1);
                ++j;
            }
        }
        append(out, '-', before_, from_ + i, from_ + rows_);
        append(out, '+', after_, from_ + j, from_ + columns_);
    }

  private:
    bool same(std::size_t i, std::size_t j) const { return before_[from_ + i] == after_[from_ + j]; }
    std::uint32_t& length(std::size_t i, std::size_t j) { return lengths_[i * (columns_ + 1) + j]; }

    // length(i, j): of the longest common subsequence of what is left from there.
    void measure() {
        lengths_.assign((rows_ + 1) * (columns_ + 1), 0);
        for (auto i = rows_; i-- > 0;)
            for (auto j = columns_; j-- > 0;)
                length(i, j) = same(i, j) ? length(i + 1, j + 1) + 1 : std::max(length(i + 1, j), length(i, j + 1));
    }

    const Lines &before_, &after_;
    std::size_t from_, rows_, columns_;
    std::vector<std::uint32_t> lengths_;
};

// "@@ -3,4 +3,5 @@": where the lines [from, to) stand in both texts.
std::string head_of(const std::vector<DiffLine>& lines, std::size_t from, std::size_t to) {
    const auto count = [&](std::size_t first, std::size_t last, char sign) {
        return std::count_if(lines.begin() + static_cast<std::ptrdiff_t>(first),
                             lines.begin() + static_cast<std::ptrdiff_t>(last),
                             [&](const auto& line) { return line.sign == ' ' || line.sign == sign; });
    };
    const auto range = [&](char sign) {
        const auto size = count(from, to, sign);
        return std::to_string(count(0, from, sign) + (size > 0 ? 1 : 0)) + "," + std::to_string(size);
    };
    return "@@ -" + range('-') + " +" + range('+') + " @@\n";
}

}  // namespace

std::vector<DiffLine> diff_lines(std::string_view before, std::string_view after) {
    const auto old_lines = lines_of(before), new_lines = lines_of(after);
    std::size_t first = 0, last_old = old_lines.size(), last_new = new_lines.size();
    while (first < last_old && first < last_new && old_lines[first] == new_lines[first]) ++first;
    while (last_old > first && last_new > first && old_lines[last_old - 1] == new_lines[last_new - 1])
        --last_old, --last_new;
    std::vector<DiffLine> out;
    append(out, ' ', old_lines, 0, first);
    Middle(old_lines, new_lines, first, last_old, last_new).append_to(out);
    append(out, ' ', old_lines, last_old, old_lines.size());
    return out;
}

std::string unified_diff(std::string_view before, std::string_view after) {
    const auto lines = diff_lines(before, after);
    std::string out;
    std::size_t done = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i < done || lines[i].sign == ' ') continue;
        // The hunk goes on until so many lines are the same that the next one has its own context.
        auto last = i;
        for (auto j = i; j < lines.size() && j <= last + 2 * context; ++j)
            if (lines[j].sign != ' ') last = j;
        const auto from = std::max(done, i - std::min(i, context));
        done = std::min(last + context + 1, lines.size());
        out += head_of(lines, from, done);
        for (auto j = from; j < done; ++j) out.append(1, lines[j].sign).append(lines[j].text).append("\n");
    }
    return out;
}

}  // namespace gantry
