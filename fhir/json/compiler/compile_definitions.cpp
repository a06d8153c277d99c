// compile_definitions OUTPUT types.json codes.json search_parameters.json: writes the arrays of rows.hpp as C++. Runs
// while the engine is built.
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
#include "fhir/json/rows.hpp"

namespace {

using namespace gantry;

using json::fail, json::member;

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> out;
    int depth = 0;
    std::string word;
    for (const char c : text) {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (c == separator && depth == 0)
            out.push_back(std::exchange(word, {}));
        else
            word += c;
    }
    if (!word.empty()) out.push_back(word);
    return out;
}

// "Reference(Patient,Group)"
struct TypeWord {
    std::string name;
    std::vector<std::string> targets;
};
TypeWord type_word(const std::string& text) {
    const auto open = text.find('(');
    if (open == std::string::npos) return {text, {}};
    return {text.substr(0, open), split(text.substr(open + 1, text.size() - open - 2), ',')};
}

std::string with_capital(std::string word) {
    if (word[0] >= 'a' && word[0] <= 'z') word[0] = static_cast<char>(word[0] - 'a' + 'A');
    return word;
}

class Compiler {
  public:
    Compiler(const json::Value& types, const json::Value& codes) : types_document_(&member(types, "types")) {
        for (const auto& row : types_document_->members()) index_.emplace(row.key, 0);
        std::size_t n = 0;
        for (auto& [name, at] : index_) at = n++;
        add_value_sets(member(codes, "value sets"));
        add_types();
    }

    void add_search_parameters(const json::Value& document) {
        std::vector<std::string> bases;
        std::map<std::string, const json::Value*> sorted;
        for (const auto& row : member(document, "search parameters").members()) sorted.emplace(row.key, &row.value);
        for (const auto& [base, list] : sorted) {
            std::vector<std::string> parameters;
            for (const auto& row : list->items()) {
                const auto& cells = row.items();
                parameters.push_back(text(cells[0].string()) + ", " + text(cells[1].string()) + ", " +
                                     text(cells[2].string()) + ", " + targets(split(cells[3].string(), ',')) + ", " +
                                     text(cells[4].string()) + ", " + text(cells[5].string()));
            }
            bases.push_back(text(base) + ", " + search_parameters_.add(parameters).text());
        }
        search_bases_.add(bases);
    }

    void write(std::ostream& out) {
        out << "// Written by compile_definitions from fhir/definitions.\n#include \"fhir/json/rows.hpp\"\n"
               "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\nnamespace gantry::fhir::r4::rows {\n";
        pool_.write(out);
        for (const auto* rows : {&elements_, &sorted_, &targets_, &slots_, &types_, &codes_, &value_sets_,
                                 &search_parameters_, &search_bases_})
            rows->write(out);
        out << "}\n";
    }

  private:
    std::string text(const std::string& word) {
        return "{" + std::to_string(pool_.add(word)) + ", " + std::to_string(word.size()) + "}";
    }

    std::size_t type_index(const std::string& name) const {
        const auto found = index_.find(name);
        if (found == index_.end()) fail("no type " + name);
        return found->second;
    }

    std::string targets(const std::vector<std::string>& names) {
        std::vector<std::string> run;
        run.reserve(names.size());
        for (const auto& name : names) run.push_back(std::to_string(type_index(name)));
        return targets_.add(run).text();
    }

    void add_value_sets(const json::Value& document) {
        std::map<std::string, const json::Value*> sorted;
        for (const auto& row : document.members()) sorted.emplace(row.key, &row.value);
        std::vector<std::string> sets;
        for (const auto& [name, systems] : sorted) {
            std::vector<std::pair<std::string, std::string>> codes;
            for (const auto& system : systems->members())
                for (const auto& code : system.value.items()) codes.emplace_back(code.string(), system.key);
            std::sort(codes.begin(), codes.end());
            std::vector<std::string> run;
            run.reserve(codes.size());
            for (const auto& [code, system] : codes) run.push_back(text(code) + ", " + text(system));
            sets.push_back(text(name) + ", " + codes_.add(run).text());
            value_set_index_.emplace(name, sets.size());
        }
        value_sets_.add(sets);
    }

    // Those of the bases first, as the specification lists them. A primitive has what every element has.
    std::vector<const json::Value*> element_rows(const std::string& type) const {
        const auto& row = member(*types_document_, type);
        const bool primitive = member(row, "kind").string() == "primitive";
        const auto base = primitive ? "Element" : member(row, "base").string();
        auto out = base.empty() ? std::vector<const json::Value*>() : element_rows(base);
        for (const auto& element : member(row, "elements").items()) out.push_back(&element);
        return out;
    }

    struct Element {
        std::string name, row;
    };

    std::string element_row(const std::string& name, std::size_t slot, const TypeWord& type, unsigned flags,
                            const std::string& binding) {
        std::size_t codes = 0;
        if (!binding.empty()) codes = value_set_index_.at(binding);
        return text(name) + ", " + std::to_string(slot) + ", " + std::to_string(type_index(type.name)) + ", " +
               std::to_string(codes) + ", " + std::to_string(flags) + ", " + targets(type.targets);
    }

    static unsigned flags_of(const std::string& letters, const std::string& cardinality) {
        unsigned flags = cardinality.ends_with("*") ? fhir::r4::rows::repeats : 0;
        for (const char c : letters)
            flags |= c == 'S'   ? fhir::r4::rows::summary
                     : c == 'M' ? fhir::r4::rows::modifier
                                : fhir::r4::rows::xml_attribute;
        return flags;
    }

    void add_elements(const json::Value& row, std::vector<Element>& elements, std::vector<std::string>& slots) {
        const auto& cells = row.items();
        auto name = cells[0].string();
        const auto& cardinality = cells[1].string();
        auto flags = flags_of(cells.size() > 3 ? cells[3].string() : "", cardinality);
        const auto binding = cells.size() > 4 ? cells[4].string() : std::string();
        const bool choice = name.ends_with("[x]");
        if (choice) name.resize(name.size() - 3), flags |= fhir::r4::rows::choice;
        for (const auto& word : split(cells[2].string(), '|')) {
            const auto type = type_word(word);
            const auto suffix = type.name == "SimpleQuantity" ? "Quantity" : with_capital(type.name);
            const auto full = choice ? name + suffix : name;
            elements.push_back({full, element_row(full, slots.size(), type, flags, binding)});
            if (!choice) break;
        }
        slots.push_back(text(name) + ", " + std::to_string(cardinality[0] - '0') + ", " +
                        (cardinality.ends_with("*") ? "1" : "0"));
    }

    void add_types() {
        std::vector<std::string> all;
        for (const auto& [name, at] : index_) {
            const auto& row = member(*types_document_, name);
            std::vector<Element> elements;
            std::vector<std::string> slots, rows, sorted;
            for (const auto* element : element_rows(name)) add_elements(*element, elements, slots);
            std::vector<std::size_t> order(elements.size());
            for (std::size_t i = 0; i < order.size(); ++i) order[i] = i, rows.push_back(elements[i].row);
            std::sort(order.begin(), order.end(), [&](auto a, auto b) { return elements[a].name < elements[b].name; });
            for (const auto i : order) sorted.push_back(std::to_string(i));
            const auto& kind = member(row, "kind").string();
            const auto& base = member(row, "base").string();
            all.push_back(text(name) + ", '" + (kind == "primitive" ? 'v' : kind[0]) + "', " +
                          (kind == "primitive" ? "Primitive::" + name + "_" : "Primitive::none") + ", " +
                          std::to_string(base.empty() ? at : type_index(base)) + ", " + elements_.add(rows).text() +
                          ", " + sorted_.add(sorted).text() + ", " + slots_.add(slots).text());
        }
        types_.add(all);
    }

    const json::Value* types_document_;
    std::map<std::string, std::size_t> index_, value_set_index_;
    json::ConstantPool pool_;
    json::ConstantRows elements_{"Element", "elements"}, sorted_{"Index", "sorted"}, targets_{"Index", "targets"},
        slots_{"Slot", "slots"}, types_{"Type", "types"}, codes_{"Code", "codes"},
        value_sets_{"ValueSet", "value_sets"}, search_parameters_{"SearchParameter", "search_parameters"},
        search_bases_{"SearchBase", "search_bases"};
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) fail("usage: compile_definitions OUTPUT types.json codes.json search_parameters.json");
    const auto types = json::read_document(argv[2]), codes = json::read_document(argv[3]);
    Compiler compiler(types, codes);
    compiler.add_search_parameters(json::read_document(argv[4]));
    std::ofstream out(argv[1], std::ios::binary);
    compiler.write(out);
    out.close();
    if (!out) fail(std::string("cannot write ") + argv[1]);
}
