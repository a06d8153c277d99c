#include "engine/main/revisions.hpp"

#include <sstream>

#include "engine/json/value.hpp"
#include "tests/engine/main/configuration_copy.hpp"

namespace gantry {
namespace {

constexpr Instant monday{1'795'392'000'000'000};  // 2026-11-23T00:00:00Z

// An engine was here: channel "adt" has three revisions, the second one with another table.
struct Kept {
    Kept() {
        command.name = "adt";
        command.data = copy.path() / "data";
        FixedClock clock{monday};
        const auto store = store::open({"sqlite:gantry.db"}, command.data, clock, events::nowhere());
        BOOST_REQUIRE(store.ok());
        first = testing::text_of(copy.path() / "channels/adt.json");
        auto second = first;
        second.replace(second.find("2576"), 4, "2577");
        for (const auto& [text, depends] : {std::pair(first, "tables/sex 1\n"), std::pair(first, "tables/sex 2\n"),
                                            std::pair(second, "tables/sex 2\n")}) {
            const store::RevisionDraft draft{"adt", text, "anna", depends};
            const auto kept = (*store)->revisions().keep({&draft, 1});
            BOOST_REQUIRE(kept.ok());
            ids.push_back(kept->front());
            clock.set({clock.now().micros + 60'000'000});
        }
        testing::write(copy.path() / "channels/adt.json", second);
    }

    int run() {
        out.str({});
        err.str({});
        return run_revisions(*load_configuration(copy.path()), command, out, err);
    }
    bool said(const std::string& text) const { return out.str().find(text) != std::string::npos; }

    testing::ConfigurationCopy copy;
    RevisionsCommand command;
    std::string first;
    std::vector<std::int64_t> ids;
    std::ostringstream out, err;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(main_revisions, Kept)

BOOST_AUTO_TEST_CASE(they_are_listed_newest_first_with_time_author_and_what_changed) {
    BOOST_TEST(run() == 0, err.str());
    BOOST_TEST(said("3  2026-11-23T01:02:00"), out.str());
    BOOST_TEST(said("  anna  +1 -1  id " + std::to_string(ids[2]) + "\n"), out.str());
    BOOST_TEST(said("  anna  +0 -0  id " + std::to_string(ids[1]) + "  tables/sex\n"), out.str());
    BOOST_TEST(out.str().find("3  ") < out.str().find("\n1  "));
    BOOST_TEST(!said("was changed since"));
    copy.change("channels/adt.json", "2577", "2578");
    run();
    BOOST_TEST(said("adt.json was changed since"), out.str());
}

BOOST_AUTO_TEST_CASE(for_machines) {
    command.json = true;
    BOOST_TEST(run() == 0);
    const auto rows = json::parse(out.str());
    BOOST_REQUIRE(rows.ok());
    BOOST_REQUIRE_EQUAL(rows->items().size(), 3u);
    BOOST_TEST(rows->items()[0].find("number")->integer() == 3);
    BOOST_TEST(rows->items()[0].find("id")->integer() == ids[2]);
    BOOST_TEST(rows->items()[1].find("changed_dependencies")->items()[0].string() == "tables/sex");
}

BOOST_AUTO_TEST_CASE(a_revision_is_shown_and_compared_by_number_or_id) {
    for (const auto& which : {std::string("1"), std::to_string(ids[0])}) {
        command.show = which;
        BOOST_TEST(run() == 0);
        BOOST_TEST(out.str() == first);
    }
    command.show = {};
    command.diff = "3";
    BOOST_TEST(run() == 0);
    BOOST_TEST(said("-  \"source\": {\"mllp\": {\"port\": 2576}},\n+  \"source\": {\"mllp\": {\"port\": 2577}},\n"),
               out.str());
    command.diff = "2";
    BOOST_TEST(run() == 0);
    BOOST_TEST(out.str() == "with another tables/sex\n");
}

BOOST_AUTO_TEST_CASE(a_revision_is_brought_back) {
    command.restore = "1";
    BOOST_TEST(run() == 0, err.str());
    BOOST_TEST(testing::text_of(copy.path() / "channels/adt.json") == first);
    BOOST_TEST(said("adt.json is as it was in revision 1"), out.str());
    BOOST_TEST(said("it was read with another tables/sex than there is now"), out.str());
    BOOST_TEST(said("SIGHUP"));
}

BOOST_AUTO_TEST_CASE(also_when_the_file_is_gone_or_broken) {
    testing::write(copy.path() / "channels/adt.json", "{");
    command.restore = "2";
    BOOST_TEST(run() == 0);
    BOOST_TEST(testing::text_of(copy.path() / "channels/adt.json") == first);
    std::filesystem::remove(copy.path() / "channels/adt.json");
    BOOST_TEST(run() == 0);
    BOOST_TEST(testing::text_of(copy.path() / "channels/adt.json") == first);
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_said_to_be_not_there) {
    command.show = "4";
    BOOST_TEST(run() == 2);
    BOOST_TEST(err.str().find("only 1 to 3") != std::string::npos);
    command.show = "last";
    BOOST_TEST(run() == 2);
    command.show = {};
    command.name = "atd";
    BOOST_TEST(run() == 2);
    BOOST_TEST(err.str().find("did you mean \"adt\"?") != std::string::npos, err.str());
    command.data = copy.path() / "elsewhere";
    BOOST_TEST(run() == 74);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry
