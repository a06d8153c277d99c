#include "engine/main/text_diff.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

using namespace gantry;

namespace {

std::string side(const std::vector<DiffLine>& lines, char sign) {
    std::string out;
    for (const auto& line : lines)
        if (line.sign == ' ' || line.sign == sign) out += line.text + "\n";
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(main_text_diff)

BOOST_AUTO_TEST_CASE(equal_texts_have_no_difference) {
    BOOST_TEST(unified_diff("", "") == "");
    BOOST_TEST(unified_diff("a\nb\n", "a\nb\n") == "");
}

BOOST_AUTO_TEST_CASE(a_changed_line_with_its_context) {
    BOOST_TEST(unified_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n") ==
               "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

BOOST_AUTO_TEST_CASE(lines_that_come_and_go) {
    BOOST_TEST(unified_diff("", "a\nb\n") == "@@ -0,0 +1,2 @@\n+a\n+b\n");
    BOOST_TEST(unified_diff("a\nb\n", "") == "@@ -1,2 +0,0 @@\n-a\n-b\n");
    BOOST_TEST(unified_diff("a\nb\nc\n", "a\nc\n") == "@@ -1,3 +1,2 @@\n a\n-b\n c\n");
}

BOOST_AUTO_TEST_CASE(changes_far_apart_are_shown_apart) {
    std::string before, after;
    for (int i = 0; i < 30; ++i) before += std::to_string(i) + "\n";
    after = "x" + before.substr(before.find('\n')) + "y\n";
    const auto diff = unified_diff(before, after);
    BOOST_TEST(diff == "@@ -1,4 +1,4 @@\n-0\n+x\n 1\n 2\n 3\n@@ -28,3 +28,4 @@\n 27\n 28\n 29\n+y\n");
}

BOOST_AUTO_TEST_CASE(both_texts_can_be_made_from_the_difference) {
    std::minstd_rand random(7);
    for (int round = 0; round < 300; ++round) {
        std::string before, after;
        for (auto n = random() % 12; n > 0; --n) before += std::string(1, static_cast<char>('a' + random() % 3)) + "\n";
        for (auto n = random() % 12; n > 0; --n) after += std::string(1, static_cast<char>('a' + random() % 3)) + "\n";
        const auto lines = diff_lines(before, after);
        BOOST_TEST(side(lines, '-') == before);
        BOOST_TEST(side(lines, '+') == after);
    }
}

BOOST_AUTO_TEST_SUITE_END()
