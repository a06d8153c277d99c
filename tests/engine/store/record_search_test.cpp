// Records found by what is in them, on every database.
#include "engine/store/record_search.hpp"

#include "engine/store/patient_names.hpp"
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;
using store::Criterion;
using store::Table;

namespace {

using Names = std::vector<std::string>;

store::RecordQuery query_of(Table table, Criterion where, std::vector<store::SortKey> sort = {}) {
    return {table, std::move(where), std::move(sort)};
}

std::vector<store::FoundRecord> find(Site& site, const store::RecordQuery& query, std::size_t most = 100,
                                     const std::optional<store::FoundRecord>& after = {}) {
    auto found = site->search().find(query, after, most);
    BOOST_REQUIRE_MESSAGE(found.ok(), (found.ok() ? "" : found.error().text()));
    return std::move(found).value();
}

std::vector<std::int64_t> ids(const std::vector<store::FoundRecord>& found) {
    std::vector<std::int64_t> out;
    for (const auto& one : found) out.push_back(one.id);
    return out;
}

// The accession numbers of the orders found.
Names accessions(Site& site, const store::RecordQuery& query) {
    const auto orders = site->search().orders(ids(find(site, query)));
    BOOST_REQUIRE(orders.ok());
    Names out;
    for (const auto& order : *orders) out.push_back(order.fields[effects::OrderField::accession_number]);
    return out;
}

Names accessions(Site& site, Criterion where, std::vector<store::SortKey> sort = {}) {
    return accessions(site, query_of(Table::order, std::move(where), std::move(sort)));
}

// Three patients, four orders.
void fill(Site& site) {
    site.commit(order("1", {.placer = "P1", .patient = "1", .accession = "A1", .name = "MÜLLER^Hans^Otto"}));
    site.commit(order("2", {.placer = "P2",
                            .patient = "2",
                            .accession = "A2",
                            .date = "20261124",
                            .modality = "MR",
                            .name = "Smith^Ann=山田^花子=やまだ^はなこ"}));
    site.commit(order(
        "3", {.placer = "P3", .patient = "1", .accession = "A3", .date = "20261125", .name = "MÜLLER^Hans^Otto"}));
    site.commit(order("4", {.placer = "P4",
                            .patient = "3",
                            .accession = "A%_4",
                            .date = "20261122",
                            .modality = "US",
                            .name = "O'Neil^Zoë"}));
}

Criterion of_patient(Criterion patient) {
    return store::linked("patient", Table::patient, "id", {std::move(patient)});
}

std::vector<std::string> texts(std::initializer_list<const char*> all) {
    return {all.begin(), all.end()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_record_search)

STORE_TEST_CASE(columns_are_compared) {
    Site site;
    fill(site);
    BOOST_TEST(accessions(site, store::equal("accession_number", texts({"A2", "A3", "A9"}))) == (Names{"A2", "A3"}));
    BOOST_TEST(accessions(site, store::from("scheduled_date", "20261124")) == (Names{"A2", "A3"}));
    BOOST_TEST(accessions(site, store::before("scheduled_date", "20261123")) == (Names{"A%_4"}));
    BOOST_TEST(accessions(site, store::before("performed_date", "9999")) == Names{});  // none of them has one
    BOOST_TEST(accessions(site, store::none_of({store::equal("accession_number", texts({"A1"})),
                                                store::equal("modality", texts({"US"}))})) == (Names{"A2", "A3"}));
    BOOST_TEST(accessions(site, store::any_of({})) == Names{});
    BOOST_TEST(accessions(site, store::all_of({})).size() == 4u);
    BOOST_TEST(accessions(site, store::equal("accession_number", Names{})) == Names{});
}

STORE_TEST_CASE(what_patterns_mean_is_only_text) {
    Site site;
    fill(site);
    BOOST_TEST(accessions(site, store::contains("accession_number", {"a%_"})) == (Names{"A%_4"}));
    BOOST_TEST(accessions(site, store::contains("accession_number", {"%"})) == (Names{"A%_4"}));
    BOOST_TEST(accessions(site, store::begins("accession_number", "A%")) == (Names{"A%_4"}));
    BOOST_TEST(accessions(site, store::equal("accession_number", texts({"' OR 1 = 1 --"}))) == Names{});
}

STORE_TEST_CASE(records_are_found_through_others) {
    Site site;
    fill(site);
    const auto numbered =
        store::linked("id", Table::identifier, "patient",
                      {store::equal("value", texts({"1"})), store::equal("authority", texts({"HOSPA"}))});
    BOOST_TEST(accessions(site, of_patient(numbered)) == (Names{"A1", "A3"}));
    const auto with_mr = store::linked("id", Table::order, "patient", {store::equal("modality", texts({"MR"}))});
    BOOST_TEST(find(site, query_of(Table::patient, with_mr)).size() == 1u);
    const auto steps = store::linked("id", Table::step, "study", {store::equal("modality", texts({"US"}))});
    BOOST_TEST(accessions(site, steps) == (Names{"A%_4"}));
}

STORE_TEST_CASE(names_are_found_without_case_and_marks) {
    Site site;
    fill(site);
    BOOST_TEST(accessions(site, of_patient(store::begins("family_folded", "mull"))) == (Names{"A1", "A3"}));
    BOOST_TEST(accessions(site, of_patient(store::contains("given_folded", {" otto"}))) == (Names{"A1", "A3"}));
    BOOST_TEST(accessions(site, of_patient(store::contains("family_folded", {"=山田"}))) == (Names{"A2"}));
    BOOST_TEST(accessions(site, of_patient(store::begins("given_folded", "zoe"))) == (Names{"A%_4"}));
    BOOST_TEST(accessions(site, of_patient(store::holds("name", texts({"=Smith^"})))) == (Names{"A2"}));
    BOOST_TEST(accessions(site, of_patient(store::holds("name", texts({"=SMITH^"})))) == Names{});
}

STORE_TEST_CASE(pages_go_on_where_the_last_one_ended) {
    Site site;
    fill(site);
    const auto all = query_of(Table::order, store::all_of({}), {{"modality", true}, {"scheduled_date", false}});
    const Names expected{"A%_4", "A2", "A1", "A3"};  // US, MR, CT, CT
    BOOST_TEST(accessions(site, all) == expected);
    std::vector<std::int64_t> walked;
    std::optional<store::FoundRecord> after;
    for (;;) {
        const auto page = find(site, all, 1, after);
        if (page.empty()) break;
        BOOST_TEST(page.size() == 1u);
        walked.push_back(page.front().id);
        after = page.front();
    }
    BOOST_TEST(walked == ids(find(site, all)));
    const auto by_change = query_of(Table::order, store::all_of({}), {{"last_change", true}});
    const auto newest = find(site, by_change, 2);
    BOOST_TEST(ids(find(site, by_change, 2, newest.back())).size() == 2u);
    BOOST_TEST(site->search().count(all).value() == 4);
}

STORE_TEST_CASE(records_that_are_not_there_are_left_out) {
    Site site;
    fill(site);
    const auto orders = ids(find(site, query_of(Table::order, store::all_of({}))));
    const std::vector<std::int64_t> asked{orders[1], 77, orders[0]};
    const auto found = site->search().orders(asked);
    BOOST_REQUIRE(found.ok());
    BOOST_REQUIRE(found->size() == 2u);
    BOOST_TEST(found->front().id.value == orders[1]);
    BOOST_TEST(found->front().steps.size() == 1u);
    // More than a statement has room for (PostgreSQL: 65,535 values).
    std::vector<std::int64_t> many(asked.begin(), asked.end());
    for (std::int64_t n = 1; n <= 70'000; ++n) many.push_back(n);
    const auto all = site->search().heads_of(many);
    BOOST_REQUIRE(all.ok());
    BOOST_TEST(all->size() == 2u);
    const auto heads = site->search().heads_of(asked);
    BOOST_REQUIRE(heads.ok());
    BOOST_TEST(heads->size() == 2u);
    const auto places = site->search().places_of(std::vector{found->front().steps.front().id.value, std::int64_t{77}});
    BOOST_REQUIRE(places.ok());
    BOOST_REQUIRE(places->size() == 1u);
    BOOST_TEST(places->front().order == orders[1]);
}

// What an engine without these columns has left.
STORE_TEST_CASE(names_of_patients_from_before_are_folded_when_the_store_is_opened) {
    Site site;
    fill(site);
    site.run(R"(UPDATE "patient" SET "family_folded" = '', "given_folded" = '')");
    site.reopen();
    BOOST_TEST(accessions(site, of_patient(store::begins("family_folded", "mull"))) == (Names{"A1", "A3"}));
}

BOOST_AUTO_TEST_CASE(a_column_that_is_not_there_is_an_error_of_the_program) {
    Site site;
    BOOST_CHECK_THROW((void)site->search().count(query_of(Table::order, store::equal("1; DROP TABLE", Names{"x"}))),
                      std::logic_error);
}

BOOST_AUTO_TEST_CASE(names_fall_into_family_and_given) {
    const auto folded = store::folded_name("Ångström^Anders^Jonas^Dr.^Jr=山田^太郎");
    BOOST_TEST(folded.family == "angstrom=山田");
    BOOST_TEST(folded.given == "anders jonas=太郎");
    BOOST_TEST(store::folded_name("").family.empty());
    BOOST_TEST(store::folded_name("=山田").family == "=山田");
}

BOOST_AUTO_TEST_SUITE_END()
