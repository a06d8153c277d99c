// docs/conformance/connectors.md says which case holds which promise; here it is held to the cases there are.
#include <boost/test/tree/traverse.hpp>
#include <boost/test/tree/visitor.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <set>
#include <string>

namespace {

namespace ut = boost::unit_test;
using Names = std::set<std::string>;

// Of the suites about laws, but for the cases that ask whether the suite knows every connector.
class CasesOfLaws final : public ut::test_tree_visitor {
  public:
    bool visit(const ut::test_unit& unit) override {
        const std::string name = unit.p_name;
        if (unit.p_type == ut::TUT_SUITE) in_laws_ = name.ends_with("_laws");
        if (unit.p_type == ut::TUT_CASE && in_laws_ && !name.starts_with("every_kind_of_")) names.insert(name);
        return true;
    }
    Names names;

  private:
    bool in_laws_ = false;
};

// What stands in backticks in the last cell of each row.
Names named_by_the_page() {
    std::ifstream page(std::string(GANTRY_SOURCE_DIR) + "/docs/conformance/connectors.md");
    Names out;
    for (std::string line; std::getline(page, line);) {
        const auto begin = line.rfind("| `");
        if (line.starts_with("| ") && begin != std::string::npos)
            out.insert(line.substr(begin + 3, line.rfind('`') - begin - 3));
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(laws_page)

BOOST_AUTO_TEST_CASE(every_promise_has_a_case_and_every_case_a_promise) {
    CasesOfLaws cases;
    ut::traverse_test_tree(ut::framework::master_test_suite(), cases, true);
    BOOST_TEST(cases.names.size() > 20u);
    BOOST_TEST(named_by_the_page() == cases.names, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
