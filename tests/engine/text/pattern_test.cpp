#include "engine/text/pattern.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

namespace gantry::text {
namespace {

std::string found(std::string_view expression, std::string_view text, std::size_t from = 0) {
    const auto pattern = Pattern::compile(expression);
    BOOST_REQUIRE_MESSAGE(pattern.ok(), expression);
    std::array<std::string_view, 4> parts;
    if (!pattern->find(text, from, parts)) return "nothing";
    std::string out;
    for (std::size_t i = 0; i <= pattern->groups(); ++i)
        out += (i > 0 ? "|" : "") + (parts[i].data() ? std::string(parts[i]) : std::string("-"));
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pattern)

BOOST_AUTO_TEST_CASE(finds_the_leftmost) {
    BOOST_TEST(found("b+", "abbabbb") == "bb");
    BOOST_TEST(found("b+", "abbabbb", 3) == "bbb");
    BOOST_TEST(found("b+", "abbabbb", 7) == "nothing");
    BOOST_TEST(found("b+", "abbabbb", 8) == "nothing");
    BOOST_TEST(found("(a)(x)?(b)", "ab") == "ab|a|-|b");
    BOOST_TEST(found("", "") == "");
}

BOOST_AUTO_TEST_CASE(knows_what_stands_before) {
    BOOST_TEST(found("^b", "ab", 1) == "nothing");
    BOOST_TEST(found("\\bb", "ab", 1) == "nothing");
    BOOST_TEST(found("^a", "ab", 0) == "a");
}

BOOST_AUTO_TEST_CASE(takes_characters_for_what_they_are) {
    BOOST_TEST(found("^.$", "\u00e4") == "\u00e4");
    BOOST_TEST(found("\\p{Lu}", "\u00e4\u00c4") == "\u00c4");
}

BOOST_AUTO_TEST_CASE(says_what_cannot_be_understood) {
    for (const auto* expression : {"(", "[", "(?<=a)b", "(a)\\1", "*", "((a{1000}){1000}){1000}"}) {
        const auto pattern = Pattern::compile(expression);
        BOOST_REQUIRE_MESSAGE(!pattern.ok(), expression);
        BOOST_TEST((pattern.error().code == ErrorCode::config_bad_pattern));
        BOOST_TEST(!pattern.error().detail.empty());
    }
    std::string many;
    for (int i = 0; i < 33; ++i) many += "(a)";
    BOOST_TEST(!Pattern::compile(many).ok());
}

// A backtracking engine would take longer than the universe has lasted.
BOOST_AUTO_TEST_CASE(ends_where_backtracking_would_not) {
    const std::string text(100'000, 'a');
    BOOST_TEST(found("(a*)*(a*)*b", text) == "nothing");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::text
