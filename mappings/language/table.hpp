// Code tables: documents in mappings/tables that translate codes.
//
//   {"description": "HL7 table 0001 to DICOM", "key": ["code"],
//    "rows": [{"code": "M", "sex": "M"}, {"code": ["A", "N"], "sex": "O"}, {"code": "U", "sex": ""}]}
//
// `key` names 1..n columns; every other column holds values. A key cell is one code, a list of codes, or "*" for any.
// Codes are compared without regard to ASCII case. The most specific row wins: more exact cells first, then exact cells
// further left. A value "" is an answer (delete what was there); null or a missing cell says nothing; neither is a
// miss.
//
// Immutable after loading; any thread.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/json/diagnostic.hpp"
#include "engine/json/value.hpp"

namespace gantry::mappings {

class Table {
  public:
    // Reports every problem to `diagnostics` (config_* codes, pointer "/rows/3/code"); empty when there was an error.
    static std::optional<Table> load(std::string name, const json::Value& document, json::Diagnostics& diagnostics);

    const std::string& name() const { return name_; }
    const std::vector<std::string>& key() const { return key_; }
    const std::vector<std::string>& columns() const { return columns_; }  // of values
    std::optional<std::size_t> column(std::string_view name) const;
    std::size_t rows() const { return rows_.size(); }
    // Every code that stands in a key cell, in capitals, each once; "*" is none.
    std::vector<std::string> codes() const;
    json::Position position(std::size_t row) const { return row_positions_[row]; }  // in the document

    // The most specific row for the codes, one per key column; or none.
    std::optional<std::size_t> find(std::span<const std::string_view> codes) const;
    const std::optional<std::string>& cell(std::size_t row, std::size_t column) const { return rows_[row][column]; }
    // Where the cell (or its row, when it has none) stands, for whoever finds something wrong with it.
    const std::string& file() const { return file_; }
    json::Position position(std::size_t row, std::size_t column) const { return positions_[row][column]; }

  private:
    friend class TableReader;
    std::string name_, file_;
    std::vector<std::string> key_, columns_;
    std::vector<std::vector<std::optional<std::string>>> rows_;
    std::vector<std::vector<json::Position>> positions_;  // of the cells
    std::vector<json::Position> row_positions_;
    std::unordered_map<std::string, std::size_t> index_;  // joined, folded key cells → row
    std::vector<unsigned> patterns_;  // which cells are exact (bit per key column), most specific first
};

// The tables of a configuration by name. Whoever compiles against it keeps the tables it uses.
class Tables {
  public:
    // False when a table of that name is there already.
    bool add(Table table);
    bool add(std::shared_ptr<const Table> table);
    // It is there, but cannot be used, and that was reported: whoever names it has made no mistake.
    void add_broken(std::string name) { broken_.insert(std::move(name)); }
    // None of them could be read: whoever names any has made no mistake.
    void be_unreadable() { unreadable_ = true; }
    bool is_broken(std::string_view name) const { return unreadable_ || broken_.count(name) > 0; }

    const Table* find(std::string_view name) const { return share(name).get(); }
    std::shared_ptr<const Table> share(std::string_view name) const;  // null: there is none
    std::vector<std::string_view> names() const;

  private:
    std::map<std::string, std::shared_ptr<const Table>, std::less<>> tables_;
    std::set<std::string, std::less<>> broken_;
    bool unreadable_ = false;
};

}  // namespace gantry::mappings
