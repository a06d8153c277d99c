#include "engine/json/diagnostic.hpp"

#include <array>
#include <boost/test/unit_test.hpp>

using namespace gantry;

BOOST_AUTO_TEST_SUITE(json_diagnostic)

BOOST_AUTO_TEST_CASE(text_is_what_editors_understand) {
    const auto tree = json::parse("{\n  \"prot\": 1}");
    BOOST_REQUIRE(tree.ok());
    json::Diagnostics problems("engine.json");
    problems.error_at(tree->members()[0].position, "/prot", ErrorCode::config_unknown_option, "\"prot\"");
    problems.warning(*tree, "", ErrorCode::config_unknown_name, "station CT9");
    BOOST_REQUIRE_EQUAL(problems.all().size(), 2u);
    BOOST_TEST(
        problems.all()[0].text() ==
        "engine.json:2:3: error [config.unknown_option] an option of this name does not exist: \"prot\" (at /prot)");
    BOOST_TEST(
        problems.all()[1].text() ==
        "engine.json:1:1: warning [config.unknown_name] something is named here that does not exist: station CT9");
    BOOST_TEST(problems.has_errors());
}

BOOST_AUTO_TEST_CASE(warnings_are_no_errors) {
    json::Diagnostics problems("x.json");
    problems.warning(json::Value(), "", ErrorCode::config_unknown_name, "");
    BOOST_TEST(!problems.has_errors());
}

BOOST_AUTO_TEST_CASE(the_nearest_word) {
    constexpr std::array<std::string_view, 4> known = {"port", "address", "idle_timeout", "tls"};
    BOOST_TEST(json::nearest("prot", known) == "port");
    BOOST_TEST(json::nearest("Port", known) == "port");
    BOOST_TEST(json::nearest("adress", known) == "address");
    BOOST_TEST(json::nearest("idle_timout", known) == "idle_timeout");
    BOOST_TEST(json::nearest("encoding", known).empty());
    BOOST_TEST(json::nearest("x", known).empty());
    BOOST_TEST(json::nearest("", known).empty());
    BOOST_TEST(json::nearest(std::string(1'000'000, 'a'), known).empty());
    BOOST_TEST(json::did_you_mean("ports", known) == ", did you mean \"port\"?");
    BOOST_TEST(json::did_you_mean("nothing_like_it", known).empty());
}

BOOST_AUTO_TEST_SUITE_END()
