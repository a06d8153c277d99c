// Finds the bytes that give a message its structure: field separators and segment ends. One pass over the buffer, 64
// bytes at a time, with the widest comparison the processor has (chosen once, at the first call).
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace gantry::hl7 {

// One line of the buffer, without its end. marks[first_mark + n] is the n-th separator of the line; the one after the
// last separator is the line's own end, so that field n always lies between two marks.
struct Line {
    std::uint32_t begin, end, first_mark, separators;
};

struct LineIndex {
    std::vector<Line> lines;  // empty lines are left out
    std::vector<std::uint32_t> marks;
};

// Lines end with CR, LF or CRLF. Where the first line ends with CR, a LF alone ends a line only when a segment follows
// it: otherwise it is text that somebody forgot to escape, and cutting there would lose it.
// bytes: shorter than 4 GiB. Answers false when there would be more than `max_lines` or `max_marks`.
bool index_lines(std::string_view bytes, char separator, std::size_t max_lines, std::size_t max_marks, LineIndex& out);

// The two letters and one letter or digit of a segment, then a separator or the end of the line.
bool starts_segment(std::string_view bytes, char separator);

}  // namespace gantry::hl7
