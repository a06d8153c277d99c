#include "engine/text/spellings.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace gantry::text {

BOOST_AUTO_TEST_SUITE(spellings)

BOOST_AUTO_TEST_CASE(a_word_is_spelled_as_people_do_it) {
    using Texts = std::vector<std::string>;
    BOOST_TEST(spellings_of("") == Texts{""});
    BOOST_TEST(spellings_of("12") == Texts{"12"});
    BOOST_TEST(spellings_of("zürich-öd") == (Texts{"zürich-öd", "ZÜRICH-ÖD", "Zürich-Öd", "zurich-od"}));
    BOOST_TEST(spellings_of("мОСКВА 1") == (Texts{"мОСКВА 1", "москва 1", "МОСКВА 1", "Москва 1"}));
    BOOST_TEST(spellings_of("東京") == Texts{"東京"});
}

BOOST_AUTO_TEST_CASE(what_is_no_text_is_spelled_all_the_same) {
    BOOST_TEST(spellings_of("\xFF").front() == "\xFF");
    BOOST_TEST(spellings_of(std::string(1, '\0')).front() == std::string(1, '\0'));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::text
