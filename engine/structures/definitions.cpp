#include "engine/structures/definitions.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/structures/rows.hpp"

namespace gantry::structures {
namespace {

std::string_view pooled(rows::Text offset) {
    return rows::pool + offset;
}

template <class Row>
std::span<const Row> part(std::span<const Row> all, const rows::Range& range) {
    return all.subspan(range.first, range.count);
}

// rows: sorted by the text at `member`.
template <class Row>
const Row* find_row(std::span<const Row> rows, rows::Text Row::*member, std::string_view key) {
    const auto found = std::lower_bound(rows.begin(), rows.end(), key, [&](const Row& row, std::string_view wanted) {
        return pooled(row.*member) < wanted;
    });
    return found == rows.end() || pooled(*found.*member) != key ? nullptr : &*found;
}

Segment segment_of(const rows::Composite& row) {
    return {pooled(row.id), pooled(row.name), Elements(part(rows::elements, row.elements))};
}

// {2, 3, 1} of "2.3.1"; nothing when there is no number at its start.
std::optional<std::array<int, 3>> numbers(std::string_view version) {
    std::array<int, 3> out{};
    const auto* at = version.data();
    const auto* end = at + version.size();
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto [next, error] = std::from_chars(at, end, out[i]);
        if (error != std::errc()) return i == 0 ? std::nullopt : std::optional(out);
        if (next == end || *next != '.') return out;
        at = next + 1;
    }
    return out;
}

}  // namespace

std::string_view to_text(Usage usage) {
    switch (usage) {
        case Usage::required:
            return "R";
        case Usage::required_or_empty:
            return "RE";
        case Usage::optional:
            return "O";
        case Usage::conditional:
            return "C";
        case Usage::backward:
            return "B";
        case Usage::withdrawn:
            return "W";
        case Usage::not_supported:
            return "X";
    }
    return "O";
}

std::optional<Element> Elements::at(std::size_t n) const {
    if (n == 0 || n > rows_.size()) return std::nullopt;
    const auto& row = rows_[n - 1];
    return Element{pooled(row.name), pooled(row.type), Usage(row.usage), row.repetitions, row.length, row.table};
}

std::string_view Structure::id() const {
    return pooled(row_->id);
}
std::string_view Structure::name() const {
    return pooled(row_->name);
}
std::size_t Structure::size() const {
    return row_->nodes.count;
}
Node Structure::node(std::size_t n) const {
    const auto& row = rows::nodes[row_->nodes.first + n];
    return {pooled(row.name), Node::Kind(row.kind), row.min, row.max, row.end, row.parent};
}

bool Structure::has_segment(std::string_view id) const {
    const auto nodes = part(rows::nodes, row_->nodes);
    return std::any_of(nodes.begin(), nodes.end(),
                       [&](const rows::Node& node) { return node.kind == 's' && pooled(node.name) == id; });
}

Version Version::nearest(std::string_view wanted) {
    const auto asked = numbers(wanted);
    if (!asked || (*asked)[0] != 2) return nearest("2.5.1");
    const auto& all = rows::versions;
    const auto newer =
        std::find_if(all.begin(), all.end(), [&](const auto& row) { return *numbers(pooled(row.text)) > *asked; });
    return Version(newer == all.begin() ? *newer : *(newer - 1));
}

std::size_t Version::count() {
    return rows::versions.size();
}
Version Version::at(std::size_t n) {
    return Version(rows::versions[n]);
}
std::string_view Version::text() const {
    return pooled(row_->text);
}
std::size_t Version::segments() const {
    return row_->segments.count;
}
Segment Version::segment_at(std::size_t n) const {
    return segment_of(rows::segments[row_->segments.first + n]);
}
std::size_t Version::structures() const {
    return row_->structures.count;
}
Structure Version::structure_at(std::size_t n) const {
    return Structure(rows::structures[row_->structures.first + n]);
}
std::size_t Version::events() const {
    return row_->events.count;
}
Event Version::event_at(std::size_t n) const {
    const auto& row = rows::events[row_->events.first + n];
    return {pooled(row.key), Structure(rows::structures[row.structure])};
}

std::optional<Segment> Version::segment(std::string_view id) const {
    const auto* row = find_row(part(rows::segments, row_->segments), &rows::Composite::id, id);
    return row ? std::optional(segment_of(*row)) : std::nullopt;
}

std::optional<DataType> Version::type(std::string_view id) const {
    const auto* row = find_row(part(rows::types, row_->types), &rows::Composite::id, id);
    if (!row) return std::nullopt;
    return DataType{pooled(row->id), pooled(row->name), Elements(part(rows::elements, row->elements))};
}

std::optional<Structure> Version::structure(std::string_view id) const {
    const auto* row = find_row(part(rows::structures, row_->structures), &rows::Structure::id, id);
    return row ? std::optional(Structure(*row)) : std::nullopt;
}

std::optional<Structure> Version::message(std::string_view type, std::string_view event, std::string_view named) const {
    // "ORM^O01" without building it: type and event have three characters in every version.
    std::array<char, 7> key{};
    if (type.size() == 3 && event.size() == 3) {
        std::copy(type.begin(), type.end(), key.begin());
        key[3] = '^';
        std::copy(event.begin(), event.end(), key.begin() + 4);
        const auto* row =
            find_row(part(rows::events, row_->events), &rows::Event::key, std::string_view(key.data(), key.size()));
        if (row) return Structure(rows::structures[row->structure]);
    }
    if (!named.empty())
        if (auto found = structure(named)) return found;
    return structure(type);
}

std::optional<FoundStructure> find_structure(const Version& version, std::string_view type, std::string_view event,
                                             std::string_view structure) {
    if (auto found = version.message(type, event, structure)) return FoundStructure{*found, version};
    std::size_t here = 0;
    while (here < Version::count() && !(Version::at(here) == version)) ++here;
    const auto look = [&](std::size_t n) -> std::optional<FoundStructure> {
        auto found = Version::at(n).message(type, event, structure);
        return found ? std::optional(FoundStructure{*found, Version::at(n)}) : std::nullopt;
    };
    for (auto n = here + 1; n < Version::count(); ++n)
        if (auto found = look(n)) return found;
    for (auto n = here; n-- > 0;)
        if (auto found = look(n)) return found;
    return std::nullopt;
}

std::optional<Table> Table::find(unsigned number) {
    const auto& all = rows::tables;
    const auto found = std::lower_bound(all.begin(), all.end(), number,
                                        [](const auto& row, unsigned wanted) { return row.number < wanted; });
    return found == all.end() || found->number != number ? std::nullopt : std::optional(Table(*found));
}

unsigned Table::number() const {
    return row_->number;
}
std::string_view Table::name() const {
    return pooled(row_->name);
}
bool Table::hl7_defined() const {
    return row_->hl7_defined;
}

bool Table::closed() const {
    // Coding systems (99LLL), subtypes of data (MIME), versions, character sets and countries grow by other hands.
    constexpr unsigned open[] = {104, 191, 211, 291, 396, 399, 834};
    return hl7_defined() && size() > 0 && std::find(std::begin(open), std::end(open), number()) == std::end(open);
}

std::optional<std::string_view> Table::meaning(std::string_view code) const {
    const auto* row = find_row(part(rows::values, row_->values), &rows::Value::code, code);
    return row ? std::optional(pooled(row->meaning)) : std::nullopt;
}
std::size_t Table::size() const {
    return row_->values.count;
}
std::string_view Table::code(std::size_t n) const {
    return pooled(rows::values[row_->values.first + n].code);
}

}  // namespace gantry::structures
