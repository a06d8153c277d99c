#include "engine/store/text_index.hpp"

#include "engine/store/search_words.hpp"
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;
using store::MessageQuery;

namespace {

using Names = std::vector<std::string>;

store::StoreOptions searchable() {
    store::StoreOptions out;
    out.search_text = true;
    return out;
}

void index_all(Site& site) {
    for (;;) {
        const auto done = site->text_index()->index_some(3);
        BOOST_REQUIRE(done.ok());
        if (*done == 0) return;
    }
}

Names found(Site& site, MessageQuery query) {
    Names out;
    do {
        const auto page = site->messages().find(query);
        BOOST_REQUIRE_MESSAGE(page.ok(), (page.ok() ? "" : page.error().text()));
        for (const auto& row : page->messages) out.push_back(row.control_id);
        query.before = page->next;
    } while (query.before);
    return out;
}

Names with_text(Site& site, const std::string& text) {
    MessageQuery query;
    query.text = text;
    return found(site, query);
}

store::Unit saying(const std::string& control_id, const std::string& text) {
    return unit(control_id, effects_of({.placer = control_id, .patient = control_id, .accession = control_id}),
                "MSH|^~\\&|HIS\rOBX|1|TX|F^FINDINGS||" + text + "|||\r");
}

store::TextProgress progress(Site& site) {
    const auto out = site->text_index()->progress();
    BOOST_REQUIRE(out.ok());
    return *out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_text_index)

BOOST_AUTO_TEST_CASE(words_are_what_is_between_separators_in_lower_case) {
    BOOST_TEST(
        store::search_words(
            "PID|1||S1000042^^^SAMPLE^MR||M\xc3\x9cLLER^J\r\xce\x91\xce\xb8\xce\xae\xce\xbd\xce\xb1 a") ==
            (Names{"mr", "m\xc3\xbcller", "pid", "s1000042", "sample", "\xce\xb1\xce\xb8\xce\xae\xce\xbd\xce\xb1"}),
        boost::test_tools::per_element());
    BOOST_TEST(store::search_words("half\xffway \xc3").size() == 2u);
    BOOST_TEST(store::search_words("^~\\& | \r").empty());
    BOOST_TEST(store::search_words(std::string(65, 'a')).empty());
}

BOOST_AUTO_TEST_CASE(a_document_in_base64_is_no_text) {
    std::string document;
    for (int i = 0; i < 200; ++i) document += "JVBE+" + std::to_string(i) + "/x";
    BOOST_TEST(store::search_words("OBX|1|ED|PDF||^AP^^Base64^" + document + "|||\rNTE|1||after") ==
                   (Names{"after", "ap", "base64", "ed", "nte", "obx", "pdf"}),
               boost::test_tools::per_element());
}

STORE_TEST_CASE(all_words_must_be_there_in_any_order_and_case) {
    Site site(searchable());
    site.commit(saying("M1", "No pneumothorax. Heart normal."));
    site.commit(saying("M2", "Small PNEUMOTHORAX on the left"));
    site.commit(saying("M3", "Heart enlarged"));
    BOOST_TEST(with_text(site, "pneumothorax").empty());
    BOOST_TEST(progress(site).waiting == 3);
    index_all(site);
    BOOST_TEST(progress(site).waiting == 0);
    BOOST_TEST(progress(site).lag().count() == 0);
    BOOST_TEST(with_text(site, "Pneumothorax") == (Names{"M2", "M1"}), boost::test_tools::per_element());
    BOOST_TEST(with_text(site, "left pneumothorax") == (Names{"M2"}), boost::test_tools::per_element());
    BOOST_TEST(with_text(site, "heart") == (Names{"M3", "M1"}), boost::test_tools::per_element());
    BOOST_TEST(with_text(site, "pneumo").empty());
    BOOST_TEST(with_text(site, "' OR \"heart\" NOT & | !").empty());
}

STORE_TEST_CASE(text_narrows_with_everything_else_and_pages_join) {
    Site site(searchable());
    for (int i = 1; i <= 7; ++i) site.commit(saying("M" + std::to_string(i), i % 2 == 0 ? "even liver" : "odd liver"));
    index_all(site);
    MessageQuery query;
    query.text = "liver even";
    for (const std::size_t most : {1u, 2u, 50u}) {
        query.most = most;
        BOOST_TEST(found(site, query) == (Names{"M6", "M4", "M2"}), boost::test_tools::per_element());
    }
    query.control_id = "M4";
    BOOST_TEST(found(site, query) == (Names{"M4"}), boost::test_tools::per_element());
    query.control_id = {};
    query.accession_number = "M2";
    BOOST_TEST(found(site, query) == (Names{"M2"}), boost::test_tools::per_element());
    query.accession_number = "M3";
    BOOST_TEST(found(site, query).empty());
    query.accession_number = {};
    query.channel = "elsewhere";
    BOOST_TEST(found(site, query).empty());
}

STORE_TEST_CASE(it_goes_on_where_it_was_after_a_restart) {
    Site site(searchable());
    for (int i = 1; i <= 5; ++i) site.commit(saying("M" + std::to_string(i), "spleen"));
    BOOST_TEST(site->text_index()->index_some(2).value() == 2u);
    BOOST_TEST(progress(site).waiting == 3);
    site.reopen();
    BOOST_TEST(with_text(site, "spleen") == (Names{"M2", "M1"}), boost::test_tools::per_element());
    BOOST_TEST(site->text_index()->index_some(100).value() == 3u);
    BOOST_TEST(with_text(site, "spleen").size() == 5u);
    BOOST_TEST(site->text_index()->index_some(100).value() == 0u);
}

STORE_TEST_CASE(what_retention_removes_is_not_found_any_more) {
    Site site(searchable());
    site.commit(saying("M1", "kidney cyst"));
    site.commit(saying("M2", "kidney stone"));
    site.commit(saying("M3", "kidney"));
    site->text_index()->index_some(2).value();
    site.clock.set({monday.micros + std::chrono::microseconds(std::chrono::hours(24 * 30)).count()});
    site.commit(saying("M4", "kidney normal"));
    store::RetentionPolicy policy;
    policy.content_age = std::chrono::hours(24);
    for (bool finished = false; !finished;) {
        const auto step = site->retention().remove_some(policy, site.clock.now(), 2);
        BOOST_REQUIRE(step.ok());
        finished = step->finished;
    }
    index_all(site);
    BOOST_TEST(with_text(site, "kidney") == (Names{"M4"}), boost::test_tools::per_element());
    BOOST_TEST(with_text(site, "cyst").empty());
    BOOST_TEST(with_text(site, "stone").empty());
    if (current_kind() == Kind::sqlite)
        site.run("INSERT INTO message_text(message_text) VALUES ('optimize')");
    else
        BOOST_TEST(site.one("SELECT count(*) FROM message_text") == "1");
}

STORE_TEST_CASE(a_damaged_content_stops_nobody) {
    Site site(searchable());
    site.commit(saying("M1", std::string(300, 'x') + " lung"));
    site.commit(saying("M2", "lung"));
    site.run("UPDATE message_body SET encoding = 7 WHERE id = (SELECT min(id) FROM message_body)");
    index_all(site);
    BOOST_TEST(with_text(site, "lung") == (Names{"M2"}), boost::test_tools::per_element());
}

STORE_TEST_CASE(without_the_option_there_is_no_index_and_no_table) {
    Site site;
    site.commit(saying("M1", "liver"));
    BOOST_TEST(site->text_index() == nullptr);
    MessageQuery query;
    query.text = "liver";
    const auto page = site->messages().find(query);
    BOOST_REQUIRE(!page.ok());
    BOOST_CHECK(page.error().code == ErrorCode::api_bad_request);
    const auto* tables = current_kind() == Kind::sqlite
                             ? "SELECT count(*) FROM sqlite_master WHERE name LIKE 'message_text%'"
                             : "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'message_text%'";
    BOOST_TEST(site.one(tables) == "0");
}

STORE_TEST_CASE(a_text_without_a_word_is_refused) {
    Site site(searchable());
    MessageQuery query;
    query.text = "^ | &";
    BOOST_TEST(!site->messages().find(query).ok());
}

BOOST_AUTO_TEST_SUITE_END()
