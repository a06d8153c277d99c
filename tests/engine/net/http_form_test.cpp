#include "engine/net/http_form.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::net;

BOOST_AUTO_TEST_SUITE(net_http_form)

BOOST_AUTO_TEST_CASE(fields_are_decoded_in_their_order) {
    const auto fields = read_form("a=1+2&b=%C3%A9%3D&&c&a=").value();
    BOOST_REQUIRE(fields.size() == 4u);
    BOOST_TEST(fields[0].second == "1 2");
    BOOST_TEST(fields[1].second == "\xC3\xA9=");
    BOOST_TEST(fields[2].first == "c");
    BOOST_TEST(fields[3].first == "a");
    BOOST_TEST(read_form("").value().empty());
    BOOST_TEST(!read_form("a=%zz").ok());
}

BOOST_AUTO_TEST_CASE(what_is_not_plain_is_escaped) {
    BOOST_TEST(percent_encoded("a b|c&d=\xC3\xA9") == "a%20b%7Cc%26d%3D%C3%A9");
    BOOST_TEST(percent_encoded("A-z_0.~") == "A-z_0.~");
}

BOOST_AUTO_TEST_SUITE_END()
