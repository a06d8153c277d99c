// Rows under headings, in columns, for people.
#pragma once
#include <iosfwd>
#include <string>
#include <vector>

namespace gantry {

class TextTable {
  public:
    explicit TextTable(std::vector<std::string> headings) : rows_{std::move(headings)} {}
    // As many cells as there are headings. Control characters become blanks.
    void add(std::vector<std::string> cells);
    bool empty() const { return rows_.size() == 1; }
    void print(std::ostream& out) const;

  private:
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace gantry
