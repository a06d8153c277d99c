#include "engine/store/patches.hpp"

#include <map>

#include "engine/json/value.hpp"
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;

namespace {

json::Value parsed(const std::string& patches) {
    auto value = json::parse(patches);
    BOOST_REQUIRE_MESSAGE(value.ok(), patches);
    BOOST_REQUIRE(value->is_array());
    return std::move(value).value();
}

const json::Value* patch_of(const json::Value& patches, const std::string& record) {
    for (const auto& patch : patches.items())
        if (patch.find("r") && patch.find("r")->string() == record) return &patch;
    return nullptr;
}

std::string member(const json::Value& object, const std::string& name) {
    const auto* found = object.find(name);
    return found ? found->string() : "-";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_patches)

BOOST_AUTO_TEST_CASE(any_value_before_makes_valid_json) {
    const std::string odd("quote \" backslash \\ tab \t nul \0 bell \a umlaut \xc3\xa4 broken \xff", 58);
    effects::Patch patch{effects::RecordKind::patient, 1, false, 7, {{"name", odd, "PID-5"}}};
    const auto value = parsed(store::patches_text({&patch, 1}));
    const auto* name = value.items().at(0).find("f")->find("name");
    BOOST_REQUIRE(name && name->is_array());
    BOOST_TEST(name->items().at(0).string().substr(0, 20) == odd.substr(0, 20));
    BOOST_TEST(name->items().at(1).string() == "PID-5");
    BOOST_TEST(store::patches_text({}) == "[]");
}

BOOST_AUTO_TEST_CASE(ids_are_texts_because_a_double_cannot_hold_them) {
    effects::Patch patch{effects::RecordKind::order, 9'007'199'254'740'993, false, 9'007'199'254'740'995, {}};
    const auto value = parsed(store::patches_text({&patch, 1}));
    BOOST_TEST(member(value.items().at(0), "id") == "9007199254740993");
    BOOST_TEST(member(value.items().at(0), "prev") == "9007199254740995");
}

BOOST_AUTO_TEST_CASE(what_was_written_is_read_back) {
    using effects::RecordKind;
    const effects::Patch patches[] = {
        {RecordKind::order, 9'007'199'254'740'993, false, 7, {{"reason", "\"a\"", "OBR-31"}}},
        {RecordKind::step, 2, true, 7, {{"modality", "", "OBR-24"}}}};
    const auto read = store::read_patches(store::patches_text(patches));
    BOOST_REQUIRE(read.size() == 2u);
    BOOST_TEST((read[0].kind == RecordKind::order));
    BOOST_TEST(read[0].id == 9'007'199'254'740'993);
    BOOST_TEST(!read[0].created);
    BOOST_TEST(read[0].previous == 7);
    BOOST_REQUIRE(read[0].fields.size() == 1u);
    BOOST_TEST(read[0].fields[0].field == "reason");
    BOOST_TEST(read[0].fields[0].before == "\"a\"");
    BOOST_TEST(read[1].created);
    BOOST_TEST(read[1].fields.at(0).before == "");
    for (const auto* broken :
         {"", "7", "{}", "[7]", "[{\"r\": \"x\"}]", "[{\"r\": 7}]", "[{\"r\": \"order\", \"f\": 7}]", "["})
        for (const auto& change : store::read_patches(broken)) BOOST_TEST(change.fields.empty(), broken);
}

BOOST_AUTO_TEST_CASE(a_created_record_names_the_source_of_each_field) {
    Site site;
    site.commit(order("M1"));
    const auto patches = parsed(site.latest().front().patches);
    for (const auto* record : {"patient", "order", "step"}) {
        const auto* patch = patch_of(patches, record);
        BOOST_REQUIRE_MESSAGE(patch, record);
        BOOST_TEST(patch->find("new")->boolean());
        BOOST_TEST(member(*patch, "prev") == "-");
    }
    BOOST_TEST(member(*patch_of(patches, "order")->find("f"), "accession_number") == "OBR-18");
    BOOST_TEST(member(*patch_of(patches, "patient")->find("f"), "name") == "PID-5");
}

BOOST_AUTO_TEST_CASE(changes_of_a_record_are_a_list_walked_backwards) {
    Site site;
    std::vector<std::string> changes;
    for (const auto* name : {"SMITH^JOHN", "SMITH^JOHN^A", "SMITH^JOHN^B"}) {
        effects::Effects adt;
        adt.patient = patient("100001", name);
        changes.push_back(std::to_string(site.commit(unit(name, adt)).outcome.message));
    }
    const auto messages = site.latest();  // newest first
    BOOST_REQUIRE_EQUAL(messages.size(), 3u);
    const std::vector<std::string> before{"SMITH^JOHN^A", "SMITH^JOHN"};
    std::string id;
    for (std::size_t i = 0; i < before.size(); ++i) {
        const auto patches = parsed(messages[i].patches);
        const auto& patch = patches.items().at(0);
        BOOST_TEST(member(patch, "prev") == changes[changes.size() - 2 - i]);
        BOOST_TEST(patch.find("f")->find("name")->items().at(0).string() == before[i]);
        if (!id.empty()) BOOST_TEST(member(patch, "id") == id);
        id = member(patch, "id");
    }
    BOOST_TEST(Onlooker(site.file()).one("SELECT last_change FROM patient") == changes.back());
}

BOOST_AUTO_TEST_CASE(what_changes_nothing_leaves_no_change_behind) {
    Site site;
    site.commit(order("M1"));
    site.commit(order("M2"));
    BOOST_TEST(site.latest().front().patches == "");
    BOOST_TEST(Onlooker(site.file()).one("SELECT count(*) FROM change_log") == "1");
}

BOOST_AUTO_TEST_CASE(a_merge_says_what_moved) {
    Site site;
    site.commit({order("M1", {"P1", "100002"}), order("M2", {"P2", "100001", "A2"})});
    site.commit(unit("M3", merge("100002", "100001")));
    const auto patches = parsed(site.latest().front().patches);
    const auto* merged = patch_of(patches, "patient");
    const auto* moved = patch_of(patches, "order");
    BOOST_REQUIRE(merged && moved);
    BOOST_TEST(merged->find("f")->find("merged_into")->items().at(0).string() == "0");
    BOOST_TEST(moved->find("f")->find("patient")->items().at(0).string() == member(*merged, "id"));
}

BOOST_AUTO_TEST_SUITE_END()
