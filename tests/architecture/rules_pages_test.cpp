// docs/conformance/order-rules.md and report-rules.md say which case files hold which rule; here they are held to what
// is there.
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
const fs::path source = GANTRY_SOURCE_DIR;
const fs::path cases = source / "tests" / "scenario";
constexpr std::string_view ending = ".case.json";

// The names in a table row, without the backticks they stand in.
std::set<std::string> names_in(const std::string& cell) {
    std::set<std::string> out;
    for (auto at = cell.find('`'); at != std::string::npos;) {
        const auto end = cell.find('`', at + 1);
        BOOST_REQUIRE_MESSAGE(end != std::string::npos, "a name without an end: " << cell);
        out.insert(cell.substr(at + 1, end - at - 1));
        at = cell.find('`', end + 1);
    }
    return out;
}

// Those of its tables that say a rule.
std::vector<std::string> rows_of(const fs::path& path) {
    std::ifstream page(path);
    std::vector<std::string> out;
    for (std::string line; std::getline(page, line);) {
        const bool row = line.starts_with("| ") && !line.starts_with("| ---") && !line.ends_with("| case files |");
        if (row) out.push_back(line);
    }
    return out;
}

std::set<std::string> case_files() {
    std::set<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(cases)) {
        auto name = fs::relative(entry.path(), cases).generic_string();
        if (name.ends_with(ending)) out.insert(name.substr(0, name.size() - ending.size()));
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rules_pages)

BOOST_AUTO_TEST_CASE(every_rule_has_case_files_and_every_case_file_a_rule) {
    const auto there = case_files();
    std::set<std::string> listed;
    for (const auto* page : {"order-rules.md", "report-rules.md"}) {
        std::size_t rules = 0;
        for (const auto& row : rows_of(source / "docs" / "conformance" / page)) {
            ++rules;
            const auto names = names_in(row.substr(row.rfind(" | ")));
            BOOST_TEST(!names.empty(), "a rule without a case file: " << row);
            for (const auto& name : names) {
                BOOST_TEST(there.contains(name), "no such case file: " << name << " of " << row.substr(0, 60));
                listed.insert(name);
            }
        }
        BOOST_TEST(rules > 100u, page);
    }
    for (const auto& name : there) BOOST_TEST(listed.contains(name), "a case file that no rule names: " << name);
}

BOOST_AUTO_TEST_SUITE_END()
