#include "mappings/language/table.hpp"

#include <algorithm>
#include <bit>

#include "mappings/language/document_reader.hpp"

namespace gantry::mappings {
namespace {

constexpr char cell_end = '\x1f';
constexpr std::string_view any = "*";
constexpr std::size_t most_key_columns = 4;

void append_folded(std::string& to, std::string_view code) {
    for (const char c : code) to += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    to += cell_end;
}

}  // namespace

// Reads one table document into a Table.
class TableReader {
  public:
    TableReader(std::string name, json::Diagnostics& diagnostics) : report_(diagnostics) {
        table_.name_ = std::move(name);
        table_.file_ = diagnostics.file();
    }

    std::optional<Table> read(const json::Value& document) {
        if (!report_.object(document, "", {"description", "key", "rows"}, {"key", "rows"})) return std::nullopt;
        read_key(*document.find("key"));
        if (table_.key_.empty()) return std::nullopt;
        read_rows(*document.find("rows"));
        sort_patterns();
        if (report_.failed()) return std::nullopt;
        return std::move(table_);
    }

  private:
    void read_key(const json::Value& key) {
        if (!report_.list(key, "/key")) return;
        for (const auto& column : key.items()) {
            const auto pointer = json::child_pointer("/key", std::to_string(table_.key_.size()));
            if (report_.text(column, pointer)) table_.key_.push_back(column.string());
        }
        if (table_.key_.empty() || table_.key_.size() > most_key_columns)
            report_.wrong(key, "/key", ErrorCode::config_out_of_range, "a table has 1 to 4 key columns");
    }

    void read_rows(const json::Value& rows) {
        if (!report_.list(rows, "/rows")) return;
        read_columns(rows);
        for (std::size_t i = 0; i < rows.items().size(); ++i)
            read_row(rows.items()[i], json::child_pointer("/rows", std::to_string(i)));
    }

    bool is_key(std::string_view name) const {
        return std::find(table_.key_.begin(), table_.key_.end(), name) != table_.key_.end();
    }

    void read_columns(const json::Value& rows) {
        std::map<std::string_view, std::size_t> uses;
        for (const auto& row : rows.items())
            for (const auto& member : row.members()) {
                ++uses[member.key];
                if (!is_key(member.key) && member.key != "note" && !table_.column(member.key))
                    table_.columns_.push_back(member.key);
            }
        for (std::size_t i = 0; i < rows.items().size(); ++i) warn_of_columns(rows.items()[i], i, uses);
    }

    // A column of one row alone that is called nearly as another one of several rows.
    void warn_of_columns(const json::Value& row, std::size_t number,
                         const std::map<std::string_view, std::size_t>& uses) {
        for (const auto& member : row.members()) {
            if (uses.at(member.key) > 1 || is_key(member.key)) continue;
            std::vector<std::string_view> others(table_.key_.begin(), table_.key_.end());
            for (const auto& [name, rows] : uses)
                if (rows > 1) others.push_back(name);
            if (const auto suggestion = json::did_you_mean(member.key, others); !suggestion.empty())
                report_.suspicious(member.position, "/rows/" + std::to_string(number), ErrorCode::config_unknown_name,
                                   "only this row has a column \"" + member.key + "\"" + suggestion);
        }
    }

    void read_row(const json::Value& row, const std::string& pointer) {
        if (row.kind() != json::Kind::object)
            return report_.wrong(row, pointer, ErrorCode::config_wrong_type, "a row is an object");
        std::vector<std::optional<std::string>> cells(table_.columns_.size());
        std::vector<json::Position> positions(table_.columns_.size(), row.position());
        for (const auto& member : row.members()) {
            const auto column = table_.column(member.key);
            if (!column || member.value.kind() == json::Kind::null) continue;
            if (!report_.text(member.value, json::child_pointer(pointer, member.key))) continue;
            cells[*column] = member.value.string();
            positions[*column] = member.value.position();
        }
        table_.rows_.push_back(std::move(cells));
        table_.positions_.push_back(std::move(positions));
        table_.row_positions_.push_back(row.position());
        add_keys(row, pointer, 0, {}, 0);
    }

    // Every combination of the row's key cells gets an entry.
    void add_keys(const json::Value& row, const std::string& pointer, std::size_t at, const std::string& key,
                  unsigned exact) {
        if (at == table_.key_.size()) return add_entry(row, pointer, key, exact);
        const auto& name = table_.key_[at];
        const auto* cell = row.find(name);
        if (cell == nullptr)
            return report_.wrong(row, pointer, ErrorCode::config_missing_option, "the row has no \"" + name + "\"");
        const auto place = json::child_pointer(pointer, name);
        if (!cell->is_array()) return add_code(row, pointer, *cell, place, at, key, exact);
        for (const auto& code : cell->items()) add_code(row, pointer, code, place, at, key, exact);
    }

    void add_code(const json::Value& row, const std::string& pointer, const json::Value& code, const std::string& place,
                  std::size_t at, std::string key, unsigned exact) {
        if (!report_.text(code, place)) return;
        append_folded(key, code.string());
        add_keys(row, pointer, at + 1, key, code.string() == any ? exact : exact | 1u << at);
    }

    void add_entry(const json::Value& row, const std::string& pointer, const std::string& key, unsigned exact) {
        if (!table_.index_.emplace(key, table_.rows_.size() - 1).second)
            return report_.wrong(row, pointer, ErrorCode::config_duplicate, "a row above has the same key");
        if (std::find(table_.patterns_.begin(), table_.patterns_.end(), exact) == table_.patterns_.end())
            table_.patterns_.push_back(exact);
    }

    void sort_patterns() {
        std::sort(table_.patterns_.begin(), table_.patterns_.end(), [](unsigned a, unsigned b) {
            const auto exact_a = std::popcount(a), exact_b = std::popcount(b);
            return exact_a != exact_b ? exact_a > exact_b : std::countr_zero(a) < std::countr_zero(b);
        });
    }

    Table table_;
    DocumentReader report_;
};

std::optional<Table> Table::load(std::string name, const json::Value& document, json::Diagnostics& diagnostics) {
    return TableReader(std::move(name), diagnostics).read(document);
}

std::optional<std::size_t> Table::column(std::string_view name) const {
    const auto found = std::find(columns_.begin(), columns_.end(), name);
    if (found == columns_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns_.begin());
}

std::optional<std::size_t> Table::find(std::span<const std::string_view> codes) const {
    std::string key;
    for (const auto pattern : patterns_) {
        key.clear();
        for (std::size_t i = 0; i < codes.size(); ++i) append_folded(key, pattern & 1u << i ? codes[i] : any);
        if (const auto found = index_.find(key); found != index_.end()) return found->second;
    }
    return std::nullopt;
}

std::vector<std::string> Table::codes() const {
    std::vector<std::string> out;
    for (const auto& [key, row] : index_)
        for (std::size_t at = 0; at < key.size();) {
            const auto end = key.find(cell_end, at);
            if (const auto code = key.substr(at, end - at); code != any && !code.empty()) out.push_back(code);
            at = end + 1;
        }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

bool Tables::add(Table table) {
    return add(std::make_shared<const Table>(std::move(table)));
}

bool Tables::add(std::shared_ptr<const Table> table) {
    const auto& name = table->name();
    return tables_.emplace(name, std::move(table)).second;
}

std::shared_ptr<const Table> Tables::share(std::string_view name) const {
    const auto found = tables_.find(name);
    return found == tables_.end() ? nullptr : found->second;
}

std::vector<std::string_view> Tables::names() const {
    std::vector<std::string_view> out;
    for (const auto& [name, table] : tables_) out.push_back(name);
    out.insert(out.end(), broken_.begin(), broken_.end());
    return out;
}

}  // namespace gantry::mappings
