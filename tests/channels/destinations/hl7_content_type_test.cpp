#include "channels/destinations/hl7_content_type.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::channels;

namespace {

std::string named(const std::string& charset, const std::string& name, const std::string& type = "application/hl7-v2") {
    return hl7_content_type(
        type, "MSH|^~\\&|A|B|C|D|20261123||ORM^O01|M1|P|2.5.1||||||" + charset + "\rPID|1||4711||" + name + "\r");
}
const std::string plain = "application/hl7-v2";

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_hl7_content_type)

BOOST_AUTO_TEST_CASE(the_character_set_is_that_of_the_message) {
    BOOST_TEST(named("UNICODE UTF-8", "M\xc3\xbcller") == plain + "; charset=utf-8");
    BOOST_TEST(named("", "M\xc3\xbcller") == plain + "; charset=utf-8");
    BOOST_TEST(named("", "Mueller") == plain + "; charset=utf-8");
    BOOST_TEST(named("8859/1", "M\xfcller") == plain + "; charset=iso-8859-1");
    BOOST_TEST(named("8859/15", "M\xfcller \xa4") == plain + "; charset=iso-8859-15");
    BOOST_TEST(named("WINDOWS-1251", "\xc8\xe2\xe0\xed") == plain + "; charset=windows-1251");
    BOOST_TEST(named("GB 18030-2000", "\xb0\xb2\xc4\xc9") == plain + "; charset=gb18030");
}

// A receiver that believes the header reads what MSH-18 says otherwise.
BOOST_AUTO_TEST_CASE(what_is_not_certain_is_not_said) {
    BOOST_TEST(named("", "M\xfcller") == plain);
    BOOST_TEST(named("NO SUCH SET", "M\xfcller") == plain);
    BOOST_TEST(named("UNICODE UTF-8", "M\xc3\xbcller \xff") == plain);
    BOOST_TEST(named("~ISO IR87", "\x1b$B;3ED\x1b(B") == plain);
    BOOST_TEST(hl7_content_type(plain, "\xff\xfe garbage \xc3") == plain);
}

BOOST_AUTO_TEST_CASE(a_type_that_names_one_stays_as_it_is) {
    BOOST_TEST(named("8859/1", "M\xfcller", "text/plain; Charset=us-ascii") == "text/plain; Charset=us-ascii");
    BOOST_TEST(named("8859/1", "M\xfcller", "text/plain;x=y") == "text/plain;x=y; charset=iso-8859-1");
}

BOOST_AUTO_TEST_SUITE_END()
