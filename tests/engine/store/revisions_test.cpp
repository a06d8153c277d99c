#include <set>

#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;

namespace {

std::int64_t keep(Site& site, const store::RevisionDraft& draft) {
    const auto kept = site->revisions().keep({&draft, 1});
    BOOST_REQUIRE(kept.ok());
    BOOST_REQUIRE_EQUAL(kept->size(), 1u);
    return kept->front();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_revisions)

STORE_TEST_CASE(a_document_has_one_revision_until_it_changes) {
    Site site;
    const auto revision = [&](const std::string& name, const std::string& document) {
        return keep(site, {name, document, "anna", {}});
    };
    const auto first = revision("orders", "{1}");
    BOOST_TEST(revision("orders", "{1}") == first);
    // In the same millisecond, as at the start of the engine.
    const auto neighbour = revision("results", "{1}");
    BOOST_TEST(neighbour != first);
    site.reopen();
    BOOST_TEST(revision("orders", "{1}") == first);
    const auto second = revision("orders", "{2}");
    BOOST_TEST(second > first);
    BOOST_TEST(revision("orders", "{1}") > second);
    BOOST_TEST(revision("results", "{1}") == neighbour);
}

STORE_TEST_CASE(what_a_channel_was_read_with_is_part_of_its_revision) {
    Site site;
    const auto first = keep(site, {"orders", "{}", "anna", "mappings/a 1\n"});
    BOOST_TEST(keep(site, {"orders", "{}", "bert", "mappings/a 1\n"}) == first);
    const auto second = keep(site, {"orders", "{}", "bert", "mappings/a 2\n"});
    BOOST_TEST(second > first);
    const auto all = site->revisions().of("orders");
    BOOST_REQUIRE(all.ok());
    BOOST_REQUIRE_EQUAL(all->size(), 2u);
    const auto& newest = all->front();
    BOOST_TEST(newest.id == second);
    BOOST_TEST(newest.content.name == "orders");
    BOOST_TEST(newest.content.document == "{}");
    BOOST_TEST(newest.content.author == "bert");
    BOOST_TEST(newest.content.depends == "mappings/a 2\n");
    BOOST_TEST(newest.created.micros == monday.micros);
    BOOST_TEST(newest.digest.size() == 64u);
    BOOST_TEST(all->back().content.author == "anna");
    BOOST_TEST(all->back().digest != newest.digest);
}

STORE_TEST_CASE(many_are_kept_at_once_each_with_an_id) {
    Site site;
    std::vector<store::RevisionDraft> drafts;
    for (int i = 0; i < 50; ++i) drafts.push_back({"c" + std::to_string(i), "{}", "anna", {}});
    const auto first = site->revisions().keep(drafts);
    drafts[7].document = "{7}";
    const auto second = site->revisions().keep(drafts);
    BOOST_REQUIRE(first.ok() && second.ok());
    BOOST_TEST(std::set<std::int64_t>(first->begin(), first->end()).size() == 50u);
    for (std::size_t i = 0; i < drafts.size(); ++i) BOOST_TEST(((*first)[i] == (*second)[i]) == (i != 7));
}

STORE_TEST_CASE(nobody_has_revisions_of_what_was_never_there) {
    Site site;
    const auto none = site->revisions().of("orders");
    BOOST_REQUIRE(none.ok());
    BOOST_TEST(none->empty());
}

STORE_TEST_CASE(they_can_be_read_beside_a_running_engine) {
    Site site;
    keep(site, {"orders", "{1}", "anna", {}});
    const auto reader = store::open_revisions({site.place().url()}, site.place().directory());
    BOOST_REQUIRE_MESSAGE(reader.ok(), (reader.ok() ? "" : reader.error().text()));
    keep(site, {"orders", "{2}", "anna", {}});
    const auto all = (*reader)->of("orders");
    BOOST_REQUIRE(all.ok());
    BOOST_TEST(all->size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_database_that_is_not_there_is_not_made) {
    const TemporaryDirectory directory;
    const auto reader = store::open_revisions({"sqlite:gantry.db"}, directory.path());
    BOOST_REQUIRE(!reader.ok());
    BOOST_CHECK(reader.error().code == ErrorCode::storage_unavailable);
    BOOST_TEST(!std::filesystem::exists(directory.path() / "gantry.db"));
}

BOOST_AUTO_TEST_CASE(a_database_of_an_older_or_newer_program_is_not_touched) {
    Site site;
    site.close();
    for (const auto& [version, code] :
         {std::pair("1", ErrorCode::storage_schema_broken), std::pair("99", ErrorCode::storage_schema_newer)}) {
        Onlooker(site.file()).run(std::string("PRAGMA user_version = ") + version);
        const auto reader = store::open_revisions({"sqlite:gantry.db"}, site.file().parent_path());
        BOOST_REQUIRE(!reader.ok());
        BOOST_CHECK(reader.error().code == code);
        BOOST_TEST(Onlooker(site.file()).one("PRAGMA user_version") == version);
    }
}

BOOST_AUTO_TEST_SUITE_END()
