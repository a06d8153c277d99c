#include "engine/structures/pseudonyms.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

namespace gantry::structures {
namespace {

struct Words {
    Pseudonyms words{sha256("key")};
};

BOOST_FIXTURE_TEST_SUITE(pseudonyms, Words)

BOOST_AUTO_TEST_CASE(the_same_word_gets_the_same_word_in_its_own_capitals) {
    const auto name = words.replaced("MEIER");
    BOOST_TEST(name != "MEIER");
    BOOST_TEST(name.size() == 5);
    BOOST_TEST(folded(name) == words.replaced("meier"));
    const auto text = words.replaced("Frau Meier, 3 Kinder");
    BOOST_TEST(text.substr(5, 1) == name.substr(0, 1));
    BOOST_TEST(text.substr(6, 4) == folded(name).substr(1));
    BOOST_TEST(text.substr(10, 2) == ", ");
}

BOOST_AUTO_TEST_CASE(shapes_stay) {
    const auto number = words.replaced("S0004711-b7");
    BOOST_TEST(number.substr(1, 3) == "000");
    BOOST_TEST(number.find_first_not_of("0123456789", 1) == 8);
    BOOST_TEST((number[0] >= 'A' && number[0] <= 'Z'));
    BOOST_TEST((number[9] >= 'a' && number[9] <= 'z'));
    BOOST_TEST(number[4] != '0');
    BOOST_TEST(words.replaced("000-00") == "000-00");
    BOOST_TEST(words.replaced("+ ~ §") == "+ ~ §");
}

BOOST_AUTO_TEST_CASE(scripts_stay) {
    for (const std::string name :
         {"Müller", "ΠΑΠΑΔΟΠΟΥΛΟΣ", "Иванов", "山田太郎", "ヤマダ", "ﾔﾏﾀﾞ", "김철수", "כהן", "محمد"}) {
        const auto other = words.replaced(name);
        BOOST_TEST(other != name);
        BOOST_TEST(other.size() == name.size(), name << " " << other);
        BOOST_TEST(words.replaced(name) == other);
    }
    BOOST_TEST(folded(words.replaced("МИР")) == words.replaced("мир"));
}

BOOST_AUTO_TEST_CASE(different_words_stay_different) {
    std::set<std::string> seen;
    for (int i = 0; i < 5000; ++i) seen.insert(words.replaced("N" + std::to_string(1000 + i)));
    BOOST_TEST(seen.size() == 5000);
    seen.clear();
    for (int i = 1; i < 10; ++i) seen.insert(words.replaced(std::to_string(i)));
    BOOST_TEST(seen.size() == 9);
    for (int i = 10; i < 100; ++i) seen.insert(words.replaced(std::to_string(i)));
    BOOST_TEST(seen.size() >= 9 + 80);
}

BOOST_AUTO_TEST_CASE(what_is_avoided_does_not_come_back) {
    words.avoid("4711 ANNA");
    for (int i = 0; i < 20000; ++i) {
        const auto other = words.replaced("1000" + std::to_string(100000 + i));
        if (other.find("4711") != std::string::npos) BOOST_TEST(other.find("4711") == std::string::npos);
    }
    BOOST_TEST(words.replaced("4711") != "4711");
}

BOOST_AUTO_TEST_CASE(what_is_kept_stands_for_itself_and_for_nothing_else) {
    words.keep("K12-7");
    BOOST_TEST(words.replaced("k12 7") == "k12 7");
}

BOOST_AUTO_TEST_CASE(another_key_gives_other_words) {
    Pseudonyms others(sha256("another key"));
    BOOST_TEST(others.replaced("HENDERSON") != words.replaced("HENDERSON"));
}

BOOST_AUTO_TEST_CASE(uids_stay_uids) {
    BOOST_TEST(is_uid("1.2.276.0.7230010.3.1"));
    BOOST_TEST(!is_uid("12.2.276.0.7230010.3.1"));
    BOOST_TEST(!is_uid("1.2.3"));
    BOOST_TEST(!is_uid("10.11.2026"));
    const auto uid = words.replaced_uid("1.2.276.0.7230010.3.1.400");
    BOOST_TEST(uid.starts_with("1.2.276.0."));
    BOOST_TEST(uid != "1.2.276.0.7230010.3.1.400");
    BOOST_TEST(is_uid(uid));
    BOOST_TEST(uid.find(".0", 10) == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace gantry::structures
