#include "engine/main/structures_reference.hpp"

#include <algorithm>
#include <cctype>
#include <ostream>
#include <vector>

#include "engine/json/diagnostic.hpp"
#include "engine/structures/definitions.hpp"

namespace gantry {
namespace {

using namespace structures;
constexpr int done = 0, not_there = 1, wrong_usage = 2;

// Markdown's column separator inside a cell.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|') out += '\\';
        out += c;
    }
    return out;
}

std::string table_number(unsigned number) {
    const auto digits = std::to_string(number);
    return std::string(4 - std::min<std::size_t>(4, digits.size()), '0') + digits;
}

std::string repetitions_of(const Element& element) {
    return element.repetitions == 0 ? "any" : std::to_string(element.repetitions);
}

void write_elements(const std::string& id, char divider, const Elements& elements, std::ostream& out) {
    out << "| | name | type | usage | repetitions | length | table |\n|---|---|---|---|---|---|---|\n";
    for (std::size_t n = 1; n <= elements.size(); ++n) {
        const auto element = *elements.at(n);
        out << "| " << id << divider << n << " | " << cell(element.name) << " | " << element.type << " | "
            << to_text(element.usage) << " | " << repetitions_of(element) << " | "
            << (element.length ? std::to_string(element.length) : "") << " | "
            << (element.table ? table_number(element.table) : "") << " |\n";
    }
}

// "1", "0..1", "1..*", "0..*"
std::string cardinality(const Node& node) {
    if (node.max == 0) return std::to_string(node.min) + "..*";
    return node.min == node.max ? "1" : "0..1";
}

std::string node_name(const Version& version, const Node& node) {
    if (node.kind == Node::Kind::choice) return "one of";
    const auto segment = node.kind == Node::Kind::segment ? version.segment(node.name) : std::nullopt;
    return std::string(node.name) + (segment ? " " + std::string(segment->name) : std::string());
}

void write_structure(const Version& version, const Structure& structure, std::ostream& out) {
    out << "# " << structure.id() << " " << structure.name() << ", HL7 " << version.text() << "\n\n```\n";
    std::vector<std::size_t> open;
    for (std::size_t n = 1; n < structure.size(); ++n) {
        const auto node = structure.node(n);
        while (!open.empty() && n >= open.back()) open.pop_back();
        const bool chosen = structure.node(node.parent).kind == Node::Kind::choice;
        out << std::string(2 * open.size(), ' ') << node_name(version, node) << (chosen ? "" : "  " + cardinality(node))
            << "\n";
        if (node.kind != Node::Kind::segment) open.push_back(node.end);
    }
    out << "```\n";
}

void write_table(const Table& table, std::ostream& out) {
    out << "# Table " << table_number(table.number()) << " " << table.name() << "\n\n"
        << (table.hl7_defined() ? "Defined by HL7." : "User-defined: these values are suggestions.")
        << "\n\n| code | meaning |\n|---|---|\n";
    for (std::size_t n = 0; n < table.size(); ++n)
        out << "| " << cell(table.code(n)) << " | " << cell(table.meaning(table.code(n)).value_or("")) << " |\n";
}

void write_version(const Version& version, std::ostream& out) {
    out << "# HL7 " << version.text() << "\n\n## Messages\n\n| message | structure | name |\n|---|---|---|\n";
    for (std::size_t n = 0; n < version.events(); ++n) {
        const auto event = version.event_at(n);
        out << "| " << event.key << " | " << event.structure.id() << " | " << cell(event.structure.name()) << " |\n";
    }
    out << "\n## Segments\n\n| segment | name | fields |\n|---|---|---|\n";
    for (std::size_t n = 0; n < version.segments(); ++n) {
        const auto segment = version.segment_at(n);
        out << "| " << segment.id << " | " << cell(segment.name) << " | " << segment.fields.size() << " |\n";
    }
}

std::optional<Structure> message_named(const Version& version, const std::string& name) {
    const auto divider = name.find('^');
    if (divider == std::string::npos) return version.structure(name);
    const auto event = name.substr(divider + 1);
    return version.message(name.substr(0, divider), event.substr(0, event.find('^')));
}

std::optional<Table> table_named(const std::string& name) {
    const bool number = !name.empty() && name.size() <= 4 &&
                        std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c); });
    return number ? Table::find(static_cast<unsigned>(std::stoul(name))) : std::nullopt;
}

std::string suggestion(const Version& version, const std::string& name) {
    std::vector<std::string_view> known;
    for (std::size_t n = 0; n < version.segments(); ++n) known.push_back(version.segment_at(n).id);
    for (std::size_t n = 0; n < version.structures(); ++n) known.push_back(version.structure_at(n).id());
    return json::did_you_mean(name, known);
}

int write_one(const Version& version, const std::string& name, std::ostream& out, std::ostream& err) {
    const auto title = [&](std::string_view id, std::string_view words) {
        out << "# " << id << " " << words << ", HL7 " << version.text() << "\n\n";
    };
    if (const auto segment = version.segment(name)) {
        title(segment->id, segment->name);
        write_elements(name, '-', segment->fields, out);
    } else if (const auto type = version.type(name)) {
        title(type->id, type->name);
        if (!type->primitive()) write_elements(name, '.', type->components, out);
    } else if (const auto structure = message_named(version, name)) {
        write_structure(version, *structure, out);
    } else if (const auto table = table_named(name)) {
        write_table(*table, out);
    } else {
        err << "gantry reference: HL7 " << version.text() << " has no segment, message, data type or table \"" << name
            << "\"" << suggestion(version, name) << "\n";
        return not_there;
    }
    return done;
}

std::string all_versions() {
    std::string out;
    for (std::size_t n = 0; n < Version::count(); ++n)
        out += (out.empty() ? "" : ", ") + std::string(Version::at(n).text());
    return out;
}

}  // namespace

int run_structures_reference(const std::string& version, const std::string& name, std::ostream& out,
                             std::ostream& err) {
    if (version.empty()) {
        out << "# HL7 structures\n\n`gantry reference structures VERSION [SEGMENT|MESSAGE|TYPE|TABLE]`, of versions "
            << all_versions() << ".\n";
        return done;
    }
    const auto found = Version::nearest(version);
    if (found.text() != version) {
        err << "gantry reference: there is no HL7 version \"" << version << "\"; there are: " << all_versions() << "\n";
        return wrong_usage;
    }
    if (!name.empty()) return write_one(found, name, out, err);
    write_version(found, out);
    return done;
}

}  // namespace gantry
