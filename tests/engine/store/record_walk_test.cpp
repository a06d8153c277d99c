// Every record by its number, a part at a time, on every database.
#include "engine/store/record_walk.hpp"

#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;

namespace {

template <class Read>
std::vector<std::int64_t> walk(Read read, store::WalkRange range) {
    std::vector<std::int64_t> out;
    for (;;) {
        const auto part = read(range);
        BOOST_REQUIRE(part.ok());
        BOOST_TEST(part->size() <= range.most);
        if (part->empty()) return out;
        for (const auto& record : *part) out.push_back(record.id.value);
        range.after = out.back();
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(record_walk)

STORE_TEST_CASE(parts_of_any_size_have_every_record_once_and_whole) {
    Site site;
    for (int i = 1; i <= 10; ++i) {
        const auto n = std::to_string(i);
        site.commit(order(n, {.placer = "P" + n, .patient = n, .accession = "A" + n}));
    }
    auto& records = site->walk();
    const auto orders = [&](const store::WalkRange& range) { return records.orders(range); };
    const auto whole = walk(orders, {});
    BOOST_TEST(whole.size() == 10u);
    BOOST_TEST(std::is_sorted(whole.begin(), whole.end()));
    for (const std::size_t most : {1u, 3u, 10u})
        BOOST_TEST(walk(orders, {.most = most}) == whole, boost::test_tools::per_element());
    BOOST_TEST(walk(orders, {.last = whole[3]}).size() == 4u);
    const auto read = records.orders({});
    const auto known = site->search().orders(whole);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        BOOST_TEST((*read)[i].steps.size() == 1u);
        BOOST_TEST((*read)[i].steps.front().id.value == (*known)[i].steps.front().id.value);
        BOOST_TEST(((*read)[i].fields == (*known)[i].fields));
        BOOST_TEST((*read)[i].last_change == (*known)[i].last_change);
    }
    const auto patients = records.patients({});
    BOOST_REQUIRE(patients->size() == 10u);
    for (std::size_t i = 0; i < 10; ++i) BOOST_TEST((*patients)[i].identifiers.front().value == std::to_string(i + 1));
}

STORE_TEST_CASE(what_has_changed_since_is_found_without_the_rest) {
    Site site;
    for (int i = 1; i <= 5; ++i) {
        const auto n = std::to_string(i);
        site.commit(order(n, {.placer = "P" + n, .patient = n, .accession = "A" + n}));
    }
    site.clock.set({monday.micros + 1'000'000});
    site.commit(order("c", {.placer = "P2",
                            .patient = "2",
                            .accession = "A2",
                            .event_time = "20261123090000",
                            .action = effects::OrderAction::complete}));
    const auto since = IdSource::first_at({monday.micros + 1'000'000});
    const auto changed = site->walk().orders({.changed_from = since});
    BOOST_REQUIRE(changed->size() == 1u);
    BOOST_TEST(changed->front().fields[effects::OrderField::accession_number] == "A2");
    BOOST_TEST(changed->front().steps.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
