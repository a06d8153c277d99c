// The tables of docs/specs/acknowledgments.md: what is expected of each of the sixteen pairs of MSH-15 and MSH-16.
#pragma once
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace gantry::durability {

using Words = std::vector<std::string>;

inline Words words_of(const std::string& text) {
    std::istringstream in(text);
    Words out;
    for (std::string word; in >> word;)
        if (word != "-") out.push_back(word);
    return out;
}

inline std::string joined(const Words& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
    return out.empty() ? "-" : out;
}

// One cell: what a message of this kind asks for, and what becomes of it.
struct Cell {
    std::string accept, application;  // MSH-15, MSH-16
    char what = 'S';                  // success, E error, R reject
    Words received;                   // the acknowledgments we give when we receive it, in their order
    Words sent;                       // what a delivery of it becomes, after the attempt and in the end

    std::string name() const { return accept + application + what; }
    Words level(char level) const {
        Words out;
        for (const auto& code : received)
            if (code.front() == level) out.push_back(code);
        return out;
    }
};

// Throws std::runtime_error when the page has not both tables.
inline std::vector<Cell> read_acknowledgment_tables(const std::string& file) {
    std::ifstream in(file);
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(in, line);) {
        std::vector<std::string> cells;
        std::istringstream parts(line);
        for (std::string part; std::getline(parts, part, '|');) cells.push_back(joined(words_of(part)));
        const bool pair = cells.size() == 6 && cells[1].size() == 2 && cells[2].size() == 2 && cells[1] != "`A";
        if (pair && std::string("AL NE ER SU").find(cells[1]) != std::string::npos) rows.push_back(cells);
    }
    if (rows.size() != 32) throw std::runtime_error("the tables of " + file + " have not 16 rows each");
    std::vector<Cell> out;
    for (std::size_t i = 0; i < 16; ++i)
        for (std::size_t what = 0; what < 3; ++what)
            out.push_back(
                {rows[i][1], rows[i][2], "SER"[what], words_of(rows[i][3 + what]), words_of(rows[i + 16][3 + what])});
    return out;
}

}  // namespace gantry::durability
