#include "engine/main/channel_files.hpp"

#include <sstream>

#include "engine/json/value.hpp"
#include "tests/engine/main/configuration_copy.hpp"

namespace gantry {
namespace {

std::string listed(const Configuration& configuration, const ListOptions& options, int code = 0) {
    std::ostringstream out;
    BOOST_TEST(run_channel_list(configuration, options, out) == code);
    return out.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(main_channel_files)

BOOST_AUTO_TEST_CASE(channels_are_listed_by_group_and_label) {
    const auto configuration = load_configuration(testing::broken / "sound");
    const std::string adt = "adt  enabled  mllp 127.0.0.1:2576\n",
                      his = "his  enabled  mllp 127.0.0.1:2575  radiology  owner=team  Orders of the hospital\n";
    BOOST_TEST(listed(*configuration, {}) == adt + his);
    BOOST_TEST(listed(*configuration, {"radiology", {}, false}) == his);
    BOOST_TEST(listed(*configuration, {{}, "owner", false}) == his);
    BOOST_TEST(listed(*configuration, {{}, "owner=team", false}) == his);
    BOOST_TEST(listed(*configuration, {{}, "owner=nobody", false}) == "");
    const auto rows = json::parse(listed(*configuration, {"radiology", {}, true}));
    BOOST_REQUIRE(rows.ok());
    BOOST_REQUIRE_EQUAL(rows->items().size(), 1u);
    BOOST_TEST(rows->items()[0].find("labels")->find("owner")->string() == "team");
}

BOOST_AUTO_TEST_CASE(documents_are_formatted_in_place) {
    testing::ConfigurationCopy copy;
    const auto file = copy.path() / "channels/adt.json", other = copy.path() / "channels/his.json";
    const auto before = testing::text_of(other);
    testing::write(file, "{\"mappings\":[\"patients\"], // why\n\"source\":{\"mllp\":{}}}");
    std::ostringstream out, err;
    BOOST_TEST(run_channel_format({file, other}, true, out, err) == 1);
    BOOST_TEST(out.str() == file.string() + " is not in its canonical form\n");
    BOOST_TEST(run_channel_format({file, other}, false, out, err) == 0);
    BOOST_TEST(testing::text_of(file) ==
               "{\n  \"source\": {\"mllp\": {}},\n  \"mappings\": [\"patients\"]  // why\n}\n");
    BOOST_TEST(testing::text_of(other) == before);
    BOOST_TEST(run_channel_format({file, other}, true, out, err) == 0);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_left_alone) {
    testing::ConfigurationCopy copy;
    const auto file = copy.path() / "channels/adt.json";
    testing::write(file, "{\"mappings\": }");
    std::ostringstream out, err;
    BOOST_TEST(run_channel_format({file}, false, out, err) == 78);
    BOOST_TEST(testing::text_of(file) == "{\"mappings\": }");
    BOOST_TEST(run_channel_format({file.string() + ".none"}, false, out, err) == 74);
}

BOOST_AUTO_TEST_CASE(the_shipped_channels_are_in_their_canonical_form) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(GANTRY_SOURCE_DIR) + "/channels/definitions"))
        if (is_document(entry.path())) files.push_back(entry.path());
    std::ostringstream out, err;
    BOOST_TEST(run_channel_format(files, true, out, err) == 0, out.str() << "./dev format, or gantry channel format");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry
