#include "engine/hl7/index.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "engine/hl7/structure_scan.hpp"

namespace gantry::hl7 {
namespace {

constexpr std::size_t block = 64, chunk_blocks = 64;

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

bool starts_segment(std::string_view bytes, char separator) {
    if (bytes.size() < 3 || !is_upper(bytes[0])) return false;
    for (const char c : {bytes[1], bytes[2]})
        if (!is_upper(c) && !is_digit(c)) return false;
    return bytes.size() == 3 || bytes[3] == separator || bytes[3] == '\r' || bytes[3] == '\n';
}

namespace {

class LineIndexer {
  public:
    LineIndexer(std::string_view bytes, char separator, std::size_t max_lines, std::size_t max_marks, LineIndex& out)
        : bytes_(bytes), separator_(separator), max_lines_(max_lines), max_marks_(max_marks), out_(out) {}

    bool run() {
        out_.marks.reserve(bytes_.size() / 8 + 2);
        const auto scan = best_structure_scan();
        std::array<BlockMasks, chunk_blocks> masks;
        const auto whole = bytes_.size() / block;
        for (std::size_t done = 0; done < whole; done += chunk_blocks) {
            const auto count = std::min(chunk_blocks, whole - done);
            scan(bytes_.data() + done * block, count, separator_, masks.data());
            if (!take(masks.data(), count, done * block)) return false;
        }
        return take_tail(whole * block, scan) && finish();
    }

  private:
    bool take_tail(std::size_t at, StructureScan scan) {
        if (at == bytes_.size()) return true;
        std::array<char, block> padded{};
        std::memcpy(padded.data(), bytes_.data() + at, bytes_.size() - at);
        BlockMasks masks;
        scan(padded.data(), 1, separator_, &masks);
        return take(&masks, 1, at);
    }

    bool take(BlockMasks* masks, std::size_t count, std::size_t base) {
        std::size_t marks = out_.marks.size(), more = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (masks[i].ends) masks[i].ends = real_ends(masks[i].ends, base + i * block);
            more += static_cast<std::size_t>(std::popcount(masks[i].separators | masks[i].ends));
        }
        if (marks + more > max_marks_) return false;
        out_.marks.resize(marks + more);
        for (std::size_t i = 0; i < count; ++i) {
            const auto offset = static_cast<std::uint32_t>(base + i * block);
            auto all = masks[i].separators | masks[i].ends;
            if (!masks[i].ends) {
                for (; all; all &= all - 1)
                    out_.marks[marks++] = offset + static_cast<std::uint32_t>(std::countr_zero(all));
                continue;
            }
            for (; all; all &= all - 1) {
                const auto bit = std::countr_zero(all);
                out_.marks[marks] = offset + static_cast<std::uint32_t>(bit);
                if (masks[i].ends >> bit & 1 && !end_line(offset + static_cast<std::uint32_t>(bit), marks))
                    return false;
                ++marks;
            }
        }
        return true;
    }

    // The ends among `ends` that really end a line.
    std::uint64_t real_ends(std::uint64_t ends, std::size_t base) {
        for (auto left = ends; left; left &= left - 1) {
            const auto bit = std::countr_zero(left);
            const auto at = base + static_cast<std::size_t>(bit);
            if (!first_end_) first_end_ = bytes_[at];
            if (first_end_ == '\r' && bytes_[at] == '\n' && is_text(at)) ends &= ~(std::uint64_t(1) << bit);
        }
        return ends;
    }

    bool is_text(std::size_t line_feed) const {
        if (line_feed == 0 || bytes_[line_feed - 1] == '\r') return false;
        const auto after = bytes_.substr(line_feed + 1);
        return !after.empty() && after[0] != '\r' && after[0] != '\n' && !starts_segment(after, separator_);
    }

    bool end_line(std::uint32_t end, std::size_t mark) {
        if (end > begin_) {
            if (out_.lines.size() == max_lines_) return false;
            out_.lines.push_back({begin_, end, first_mark_, static_cast<std::uint32_t>(mark) - first_mark_});
        }
        begin_ = end + 1;
        first_mark_ = static_cast<std::uint32_t>(mark) + 1;
        return true;
    }

    bool finish() {
        const auto end = static_cast<std::uint32_t>(bytes_.size());
        out_.marks.push_back(end);
        return begin_ >= end || end_line(end, out_.marks.size() - 1);
    }

    std::string_view bytes_;
    char separator_;
    std::size_t max_lines_, max_marks_;
    LineIndex& out_;
    char first_end_ = 0;
    std::uint32_t begin_ = 0, first_mark_ = 0;
};

}  // namespace

bool index_lines(std::string_view bytes, char separator, std::size_t max_lines, std::size_t max_marks, LineIndex& out) {
    return LineIndexer(bytes, separator, max_lines, max_marks, out).run();
}

}  // namespace gantry::hl7
