// compile_structures OUTPUT VERSION.json… tables.json: writes the arrays of rows.hpp as C++. Runs while the engine is
// built.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "engine/json/constant_rows.hpp"
#include "engine/json/source_document.hpp"
#include "engine/json/value.hpp"
#include "engine/structures/compiler/notation.hpp"
#include "engine/structures/rows.hpp"

namespace {

using namespace gantry;
using namespace gantry::structures;

using json::fail, json::member;

// What has to fit 16 bits and does not says nothing: 65,536 stands for "any length".
std::string small(const json::Value& value) {
    return value.is_integer() && value.integer() > 0 && value.integer() < 65'536 ? std::to_string(value.integer())
                                                                                 : "0";
}

class Compiler {
  public:
    void add_version(const json::Value& document) {
        const auto segments = composites(member(document, "segments"), "fields", segments_);
        const auto types = composites(member(document, "types"), "components", types_);
        const auto structures = add_structures(member(document, "structures"));
        const auto events = add_events(member(document, "events"), member(document, "structures"), structures.first);
        versions_.push_back(pooled(member(document, "version").string()) + ", " + segments.text() + ", " +
                            types.text() + ", " + structures.text() + ", " + events.text());
    }

    void add_tables(const json::Value& document) {
        std::vector<std::string> all;
        for (const auto& [number, table, position] : sorted(document)) {
            std::vector<std::string> values;
            for (const auto& [code, meaning, at] : sorted(member(*table, "values")))
                values.push_back(pooled(code) + ", " + pooled(meaning->string()));
            all.push_back(std::to_string(std::stoi(number)) + ", " +
                          (member(*table, "by").string() == "HL7" ? "true" : "false") + ", " +
                          pooled(member(*table, "name").string()) + ", " + values_.add(values).text());
        }
        tables_.add(all);
    }

    void write(std::ostream& out) {
        out << "// Written by compile_structures from mappings/structures.\n#include \"engine/structures/rows.hpp\"\n"
               "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\nnamespace gantry::structures::rows {\n";
        pool_.write(out);
        json::ConstantRows versions("Version", "versions");
        versions.add(versions_);
        for (const auto* rows :
             {&elements_, &segments_, &types_, &nodes_, &structures_, &events_, &versions, &values_, &tables_})
            rows->write(out);
        out << "}\n";
    }

  private:
    struct Entry {
        std::string key;
        const json::Value* value;
        json::Position position;
    };
    static std::vector<Entry> sorted(const json::Value& object) {
        std::vector<Entry> out;
        for (const auto& row : object.members()) out.push_back({row.key, &row.value, row.position});
        std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
        return out;
    }

    std::string pooled(const std::string& text) { return std::to_string(pool_.add(text)); }

    // A field is [name, type, usage, repetitions, length, table], a component has no repetitions.
    std::string element(const json::Value& row) {
        const auto& cells = row.items();
        if (cells.size() < 5 || cells[2].string().size() != 1) fail("line " + std::to_string(row.position().line));
        const bool field = cells.size() == 6;
        return pooled(cells[0].string()) + ", " + pooled(cells[1].string()) + ", " + small(cells[field ? 4 : 3]) +
               ", " + small(cells[field ? 5 : 4]) + ", " + (field ? small(cells[3]) : "1") + ", '" + cells[2].string() +
               "'";
    }

    json::ConstantRows::Run composites(const json::Value& object, std::string_view list, json::ConstantRows& into) {
        std::vector<std::string> all;
        for (const auto& [id, value, position] : sorted(object)) {
            std::vector<std::string> parts;
            for (const auto& row : member(*value, list).items()) parts.push_back(element(row));
            all.push_back(pooled(id) + ", " + pooled(member(*value, "name").string()) + ", " +
                          elements_.add(parts).text());
        }
        return into.add(all);
    }

    json::ConstantRows::Run add_structures(const json::Value& object) {
        std::vector<std::string> all;
        for (const auto& [id, value, position] : sorted(object)) {
            const auto tree = compiler::read_notation(id, member(*value, "structure").string());
            if (!tree) fail("line " + std::to_string(position.line) + ": " + tree.error().text());
            std::vector<std::string> nodes;
            for (const auto& node : *tree)
                nodes.push_back(pooled(node.name) + ", " + std::to_string(node.end) + ", " +
                                std::to_string(node.parent) + ", '" + node.kind + "', " + std::to_string(node.min) +
                                ", " + std::to_string(node.max));
            all.push_back(pooled(id) + ", " + pooled(member(*value, "name").string()) + ", " +
                          nodes_.add(nodes).text());
        }
        return structures_.add(all);
    }

    json::ConstantRows::Run add_events(const json::Value& object, const json::Value& structures, std::uint32_t first) {
        std::map<std::string, std::uint32_t> index;
        for (const auto& entry : sorted(structures))
            index.emplace(entry.key, first + static_cast<std::uint32_t>(index.size()));
        std::vector<std::string> all;
        for (const auto& [key, id, position] : sorted(object)) {
            const auto found = index.find(id->string());
            if (found == index.end()) fail("line " + std::to_string(position.line) + ": no structure " + id->string());
            all.push_back(pooled(key) + ", " + std::to_string(found->second));
        }
        return events_.add(all);
    }

    json::ConstantPool pool_;
    std::vector<std::string> versions_;
    json::ConstantRows elements_{"Element", "elements"}, segments_{"Composite", "segments"},
        types_{"Composite", "types"}, nodes_{"Node", "nodes"}, structures_{"Structure", "structures"},
        events_{"Event", "events"}, values_{"Value", "values"}, tables_{"Table", "tables"};
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) fail("usage: compile_structures OUTPUT VERSION.json… tables.json");
    Compiler compiler;
    for (int i = 2; i + 1 < argc; ++i) compiler.add_version(json::read_document(argv[i]));
    compiler.add_tables(json::read_document(argv[argc - 1]));
    std::ofstream out(argv[1], std::ios::binary);
    compiler.write(out);
    out.close();
    if (!out) fail(std::string("cannot write ") + argv[1]);
}
