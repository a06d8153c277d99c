// What of the mapping documents and their tables was of use to the messages of a run: which expressions gave something,
// which rows were found. What no case uses, no case protects.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/main/configuration.hpp"

namespace gantry {

// A mapping document with its expressions, or a table with its rows.
struct UsedParts {
    struct Part {
        json::Position position;
        std::string pointer;  // "/orders/fields/reason/1", "/rows/3"
    };
    bool table = false;
    std::string name, file;
    std::size_t used = 0, total = 0;
    std::vector<Part> unused;  // in the order of the document

    // Of 100, rounded down, so that 100 says that nothing is missing. Of nothing: 100.
    std::size_t percent() const { return total == 0 ? 100 : used * 100 / total; }
};

// Used by one thread.
class MappingUsage {
  public:
    // configuration must outlive it.
    explicit MappingUsage(const Configuration& configuration) : configuration_(configuration) {}

    // The documents of this channel could have been of use.
    void expect(const std::vector<mappings::Mapping>& documents);
    void add(const effects::Usage& usage);
    // Mapping documents first, each kind by name.
    std::vector<UsedParts> report() const;

  private:
    const Configuration& configuration_;
    std::map<std::string, std::set<std::uint32_t>, std::less<>> expressions_;  // by document
    std::map<std::string, std::set<std::size_t>, std::less<>> rows_;           // by table
};

// "orders-v2: 132 of 160 expressions (82 %)", a line each; with where what was not used stands when asked.
std::string to_text(const std::vector<UsedParts>& parts, bool with_unused);

}  // namespace gantry
