// `gantry patient unmerge`: what it finds, what it says, and that it makes no database where there is none. What goes
// back: tests/scenario/adt-table/unmerge*.
#include "engine/main/unmerge.hpp"

#include <sstream>

#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;

namespace {

struct Desk {
    explicit Desk(const Site& site)
        : configuration(load_configuration(std::filesystem::path(GANTRY_SOURCE_DIR) / "conf")) {
        configuration->options.store = site.place().url();
        options.data = site.place().directory();
        options.what.by = "a test";
    }
    int unmerge(const std::string& number) {
        out.str({});
        err.str({});
        options.what.prior = number;
        return run_unmerge(*configuration, options, out, err);
    }
    std::unique_ptr<Configuration> configuration;
    UnmergeOptions options;
    std::ostringstream out, err;
};

void merge_two(Site& site) {
    Order first, second;
    first.patient = "prior";
    second = {"P2", "survivor", "A2"};
    site.commit(order("M1", first));
    site.commit(order("M2", second));
    site.commit(unit("M3", merge("prior", "survivor")));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(unmerge)

STORE_TEST_CASE(a_merge_is_taken_back_once_and_the_ledger_says_by_whom) {
    Site site;
    merge_two(site);
    Desk desk(site);
    desk.options.what.reason = "two sisters";
    BOOST_TEST(desk.unmerge("prior^^^HOSPA^MR") == 0, desk.err.str());
    BOOST_TEST(desk.out.str() == "prior^^^HOSPA^MR: the merge was undone; orders that went back: 1\n");
    const auto noted = site.latest(1).front();
    BOOST_TEST(noted.type == "UNMERGE");
    BOOST_TEST(noted.channel == "operator");
    BOOST_TEST(noted.content == R"({"unmerge":"prior^^^HOSPA^MR","by":"a test","reason":"two sisters"})");
    BOOST_TEST(desk.unmerge("prior^^^HOSPA") == 1);
    BOOST_TEST(desk.out.str() == "prior^^^HOSPA: it was not merged\n");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_done_is_said_and_makes_no_database) {
    Site site;
    Desk desk(site);
    BOOST_TEST(desk.unmerge("77^^^HOSPA^AN") == 2);  // an account number is nobody's
    desk.options.data = site.place().directory() / "elsewhere";
    BOOST_TEST(desk.unmerge("prior^^^HOSPA^MR") == 78);
    BOOST_TEST(desk.err.str().find("gantry.db (see --data)") != std::string::npos, desk.err.str());
    BOOST_TEST(!std::filesystem::exists(desk.options.data / "gantry.db"));
}

BOOST_AUTO_TEST_SUITE_END()
