#include "engine/store/record_search_sql.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace gantry::store {
namespace {

using Is = Criterion::Is;

struct TableRow {
    Table table;
    std::string_view name;
    std::optional<effects::RecordKind> fields;
    std::vector<std::string_view> numbers, texts;  // columns beside the fields
};

const TableRow& row_of(Table table) {
    using effects::RecordKind;
    static const TableRow rows[] = {
        {Table::patient,
         "patient",
         RecordKind::patient,
         {"id", "merged_into", "last_change"},
         {"family_folded", "given_folded"}},
        {Table::identifier, "patient_identifier", {}, {"patient", "position"}, {"value", "authority", "type"}},
        {Table::provider, "provider", {}, {"id"}, {"identifier", "authority", "name"}},
        {Table::order,
         "imaging_study",
         RecordKind::order,
         {"id", "patient", "ordered_by", "performed_by", "last_change"},
         {}},
        {Table::step, "scheduled_procedure_step", RecordKind::step, {"id", "study"}, {}},
        {Table::report,
         "radiology_report",
         RecordKind::report,
         {"id", "imaging_study", "reported_by", "last_change"},
         {}},
        {Table::report_order, "report_order", {}, {"report", "study", "position"}, {}}};
    return *std::find_if(std::begin(rows), std::end(rows), [&](const auto& row) { return row.table == table; });
}

bool holds(const std::vector<std::string_view>& columns, std::string_view column) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
}

bool is_number(Table table, std::string_view column) {
    return holds(row_of(table).numbers, column);
}

std::string quoted(Table table, std::string_view column) {
    const auto& row = row_of(table);
    const bool known = holds(row.numbers, column) || holds(row.texts, column) ||
                       (row.fields && effects::field_index(*row.fields, column));
    if (!known) throw std::logic_error("no column " + std::string(column) + " in " + std::string(row.name));
    return '"' + std::string(column) + '"';
}

// The last character of Unicode, which no text has in it: PostgreSQL takes nothing that is not UTF-8.
std::string after_prefix(const std::string& prefix) {
    return prefix + "\xF4\x8F\xBF\xBF";
}

// What a LIKE pattern means by itself is escaped with a backslash.
std::string contained(std::string_view text) {
    std::string out = "%";
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') out += '\\';
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out + "%";
}

// Rows that are equal follow the direction of the last key, so that an index read backwards gives both.
bool is_backwards(const RecordQuery& query) {
    return !query.sort.empty() && query.sort.back().descending;
}

class Builder {
  public:
    Builder& text(std::string_view sql) {
        pending_ += sql;
        return *this;
    }
    Builder& value(std::string bound) { return bind(std::move(bound)); }
    Builder& value(std::int64_t bound) { return bind(bound); }
    Sql take() {
        if (!pending_.empty()) out_.push_back({std::move(pending_), {}});
        return std::move(out_);
    }

    void condition(Table table, const Criterion& criterion) {
        switch (criterion.is) {
            case Is::all:
                return joined(table, criterion.parts, " AND ", "1 = 1");
            case Is::any:
                return joined(table, criterion.parts, " OR ", "1 = 0");
            case Is::none:
                return none(table, criterion);
            case Is::equal:
                return equal(quoted(table, criterion.column), criterion);
            case Is::contains:
                return contains(between(quoted(table, criterion.column), criterion), criterion.texts);
            case Is::begins:
                return begins(quoted(table, criterion.column), criterion.texts);
            case Is::holds:
                return holds(quoted(table, criterion.column), criterion.texts);
            case Is::from:
                text(quoted(table, criterion.column)).text(" >= ");
                return bound(criterion);
            case Is::before:
                return before(quoted(table, criterion.column), criterion);
            case Is::linked:
                return linked(quoted(table, criterion.column), criterion);
            case Is::attended:
                return attended(table, criterion);
        }
    }

    // After the row with these keys: past it in the first key that differs.
    void past(const RecordQuery& query, const FoundRecord& row) {
        text("(");
        for (std::size_t depth = 0; depth <= query.sort.size(); ++depth) {
            text(depth == 0 ? "(" : " OR (");
            for (std::size_t i = 0; i < depth; ++i) key(query, i, row, " = ").text(" AND ");
            if (depth < query.sort.size())
                key(query, depth, row, query.sort[depth].descending ? " < " : " > ");
            else
                text(quoted(query.table, "id")).text(is_backwards(query) ? " < " : " > ").value(row.id);
            text(")");
        }
        text(")");
    }

  private:
    template <class Bound>
    Builder& bind(Bound bound) {
        out_.push_back({std::move(pending_), std::move(bound)});
        pending_.clear();
        return *this;
    }

    void joined(Table table, const std::vector<Criterion>& parts, std::string_view between, std::string_view neutral) {
        text("(");
        if (parts.empty()) text(neutral);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (i != 0) text(between);
            condition(table, parts[i]);
        }
        text(")");
    }

    // What is not not there is there, and what is not from a value on is before it: said so, an index finds it.
    void none(Table table, const Criterion& criterion) {
        const auto* inner = criterion.parts.size() == 1 ? &criterion.parts.front() : nullptr;
        while (inner && inner->is == Is::all && inner->parts.size() == 1) inner = &inner->parts.front();
        if (inner && inner->is == Is::none) return joined(table, inner->parts, " OR ", "1 = 0");
        if (inner && inner->is == Is::from) {
            text(quoted(table, inner->column)).text(" < ");
            return bound(*inner);
        }
        text("NOT ");
        joined(table, criterion.parts, " OR ", "1 = 0");
    }

    void equal(const std::string& column, const Criterion& criterion) {
        text(column).text(" IN (");
        std::size_t written = 0;
        for (const auto& one : criterion.texts) text(written++ ? ", " : "").value(one);
        for (const auto one : criterion.numbers) text(written++ ? ", " : "").value(one);
        text(written ? ")" : "NULL)");
    }

    static std::string between(std::string column, const Criterion& criterion) {
        if (!criterion.front.empty()) column.insert(0, "'" + std::string(criterion.front) + "' || ");
        if (!criterion.back.empty()) column += " || '" + std::string(criterion.back) + "'";
        return column;
    }

    void contains(const std::string& column, const std::vector<std::string>& texts) {
        text("(1 = 0");
        for (const auto& one : texts)
            text(" OR lower(").text(column).text(") LIKE ").value(contained(one)).text(" ESCAPE '\\'");
        text(")");
    }

    // As a range, so that an index of the column serves.
    void begins(const std::string& column, const std::vector<std::string>& texts) {
        text(texts.empty() ? "(1 = 0" : "(");
        for (const auto& one : texts) {
            if (&one != &texts.front()) text(" OR ");
            text("(").text(column).text(" >= ").value(one).text(" AND ").text(column).text(" < ");
            value(after_prefix(one)).text(")");
        }
        text(")");
    }

    void holds(const std::string& column, const std::vector<std::string>& texts) {
        text("(1 = 0");
        for (const auto& one : texts) {
            text(" OR replace('=' || ").text(column).text(" || '^=', ").value(one).text(", '') <> '=' || ");
            text(column).text(" || '^='");
        }
        text(")");
    }

    void bound(const Criterion& criterion) {
        if (!criterion.numbers.empty())
            value(criterion.numbers.front());
        else
            value(criterion.texts.front());
    }

    // An empty text is no value, and none is before another.
    void before(const std::string& column, const Criterion& criterion) {
        text("(").text(column).text(" < ");
        bound(criterion);
        if (criterion.numbers.empty()) text(" AND ").text(column).text(" <> ''");
        text(")");
    }

    void linked(const std::string& column, const Criterion& criterion) {
        const auto foreign = quoted(criterion.table, criterion.foreign);
        text(column).text(" IN (SELECT ").text(foreign).text(" FROM \"").text(row_of(criterion.table).name);
        text("\" WHERE ");
        joined(criterion.table, criterion.parts, " AND ", "1 = 1");
        text(")");
    }

    void attended(Table table, const Criterion& criterion) {
        const auto name = "\"" + std::string(row_of(criterion.table).name) + "\"";
        text("EXISTS (SELECT 1 FROM ").text(name).text(" WHERE ");
        text(name).text(".").text(quoted(criterion.table, criterion.foreign)).text(" = \"");
        text(row_of(table).name).text("\".").text(quoted(table, criterion.column)).text(" AND ");
        joined(criterion.table, criterion.parts, " AND ", "1 = 1");
        text(")");
    }

    Builder& key(const RecordQuery& query, std::size_t index, const FoundRecord& row, std::string_view is) {
        const auto column = query.sort[index].column;
        text(quoted(query.table, column)).text(is);
        const auto& found = row.keys.at(index);
        if (!is_number(query.table, column)) return value(found);
        std::int64_t number = 0;
        std::from_chars(found.data(), found.data() + found.size(), number);
        return value(number);
    }

    Sql out_;
    std::string pending_;
};

}  // namespace

namespace {

// What a page is looked for in: of conditions that are alternatives each by itself, so that an index serves each of
// them and its first rows are enough. At most so many.
constexpr std::size_t most_alternatives = 24;

// The parts of conditions that must all hold, those within those among them.
void flatten(const Criterion& criterion, std::vector<Criterion>& out) {
    if (criterion.is != Is::all) return out.push_back(criterion);
    for (const auto& part : criterion.parts) flatten(part, out);
}

// A column that is one of several values is as many alternatives.
std::vector<Criterion> alternatives_of(const Criterion& criterion) {
    std::vector<Criterion> out;
    if (criterion.is == Is::any) {
        for (const auto& part : criterion.parts) {
            auto inner = alternatives_of(part);
            if (inner.empty()) inner.push_back(part);
            out.insert(out.end(), inner.begin(), inner.end());
        }
    } else if (criterion.is == Is::equal && criterion.texts.size() + criterion.numbers.size() > 1) {
        for (const auto& text : criterion.texts) out.push_back(equal(criterion.column, std::vector{text}));
        for (const auto number : criterion.numbers) out.push_back(equal(criterion.column, std::vector{number}));
    }
    return out;
}

// The condition as alternatives; one of them where it cannot be divided.
std::vector<Criterion> divided(const Criterion& where) {
    std::vector<Criterion> all;
    flatten(where, all);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto alternatives = alternatives_of(all[i]);
        if (alternatives.size() < 2 || alternatives.size() > most_alternatives) continue;
        std::vector<Criterion> out;
        for (const auto& one : alternatives) {
            auto parts = all;
            parts[i] = one;
            out.push_back(all_of(std::move(parts)));
        }
        return out;
    }
    return {where};
}

void order_by(Builder& out, const RecordQuery& query, std::size_t most) {
    out.text(" ORDER BY ");
    for (const auto& key : query.sort)
        out.text(quoted(query.table, key.column)).text(key.descending ? " DESC, " : ", ");
    out.text(is_backwards(query) ? "\"id\" DESC LIMIT " : "\"id\" LIMIT ").text(std::to_string(most));
}

void select(Builder& out, const RecordQuery& query, const Criterion& where, const std::optional<FoundRecord>& after) {
    out.text("SELECT \"id\"");
    for (const auto& key : query.sort)
        if (key.column != "id") out.text(", ").text(quoted(query.table, key.column));
    out.text(" FROM \"").text(row_of(query.table).name).text("\" WHERE ");
    out.condition(query.table, where);
    if (!after) return;
    out.text(" AND ");
    out.past(query, *after);
}

}  // namespace

// The outer SELECT gives the answer its form; what is found by several alternatives is there once (UNION).
Sql find_sql(const RecordQuery& query, const std::optional<FoundRecord>& after, std::size_t most) {
    const auto alternatives = divided(query.where);
    Builder out;
    out.text("SELECT \"id\"");
    for (std::size_t i = 0; i < most_sort_keys; ++i) {
        if (i < query.sort.size())
            out.text(", CAST(").text(quoted(query.table, query.sort[i].column)).text(" AS TEXT)");
        else
            out.text(", ''");
    }
    out.text(" FROM (");
    for (std::size_t i = 0; i < alternatives.size(); ++i) {
        if (i != 0) out.text(" UNION ");
        if (alternatives.size() > 1) out.text("SELECT * FROM (");
        select(out, query, alternatives[i], after);
        order_by(out, query, most);
        if (alternatives.size() > 1) out.text(") AS \"one\"");
    }
    out.text(") AS \"all\"");
    order_by(out, query, most);
    return out.take();
}

Sql limited_count_sql(const RecordQuery& query, std::size_t most) {
    Builder out;
    out.text("SELECT count(*) FROM (SELECT 1 FROM \"").text(row_of(query.table).name).text("\" WHERE ");
    out.condition(query.table, query.where);
    out.text(" LIMIT ").text(std::to_string(most)).text(") AS \"some\"");
    return out.take();
}

Sql count_sql(const RecordQuery& query) {
    Builder out;
    out.text("SELECT count(*) FROM \"").text(row_of(query.table).name).text("\" WHERE ");
    out.condition(query.table, query.where);
    return out.take();
}

}  // namespace gantry::store
