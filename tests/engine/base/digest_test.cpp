#include "engine/base/digest.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

using namespace gantry;

namespace {
std::string hex_of(const Digest& digest) {
    return hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}
}  // namespace

BOOST_AUTO_TEST_SUITE(base_digest)

// FIPS 180-4 example values.
BOOST_AUTO_TEST_CASE(sha256_of_known_texts) {
    BOOST_TEST(hex_of(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    BOOST_TEST(hex_of(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    BOOST_TEST(hex_of(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
               "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

BOOST_AUTO_TEST_CASE(a_uid_is_one_by_ps3_5_9_1) {
    std::set<std::string> seen;
    for (int i = 0; i < 2000; ++i) {
        const auto uid = uid_from_name("accession " + std::to_string(i));
        BOOST_REQUIRE(uid.size() <= 44u);
        BOOST_REQUIRE(uid.substr(0, 5) == "2.25.");
        BOOST_REQUIRE(uid.find_first_not_of("0123456789.") == std::string::npos);
        BOOST_REQUIRE(uid.find('.', 5) == std::string::npos);
        BOOST_REQUIRE(uid[5] != '0');
        BOOST_REQUIRE(seen.insert(uid).second);
    }
}

BOOST_AUTO_TEST_CASE(the_same_name_gives_the_same_uid_for_ever) {
    BOOST_TEST(uid_from_name("x") == uid_from_name("x"));
    BOOST_TEST(uid_from_name("") != uid_from_name("x"));
    BOOST_TEST(uid_from_name("abc") == "2.25.247859944228867097191300499870369849891");
}

BOOST_AUTO_TEST_CASE(hex_of_bytes) {
    BOOST_TEST(hex(std::string_view("\x00\x7f\x80\xff", 4)) == "007f80ff");
    BOOST_TEST(hex("").empty());
}

BOOST_AUTO_TEST_SUITE_END()
