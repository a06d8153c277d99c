#include "fhir/subscriptions/endpoint_policy.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::fhir;

BOOST_AUTO_TEST_SUITE(endpoint_policy)

BOOST_AUTO_TEST_CASE(https_goes_to_others) {
    for (const auto* url : {"https://ehr.example.org/hook", "https://10.1.2.3:8443/", "https://[2001:db8::1]/x",
                            "https://ehr.example.org./"})
        BOOST_TEST(wrong_endpoint(url, {}) == "", url);
}

BOOST_AUTO_TEST_CASE(http_and_this_machine_only_by_name) {
    for (const auto* url : {"http://ehr.example.org/", "http://127.0.0.1:8080/", "https://127.0.0.1/",
                            "https://127.9.9.9/", "https://localhost/", "https://LOCALHOST./", "https://a.localhost/",
                            "https://[::1]/", "https://[::ffff:127.0.0.1]/"})
        BOOST_TEST(wrong_endpoint(url, {}) != "", url);
    BOOST_TEST(wrong_endpoint("http://127.0.0.1:8080/", {"127.0.0.1"}) == "");
    BOOST_TEST(wrong_endpoint("http://ehr.example.org/", {"ehr.example.org"}) == "");
    BOOST_TEST(wrong_endpoint("http://127.0.0.2/", {"127.0.0.1"}) != "");
    BOOST_TEST(wrong_endpoint("http://ehr.example.org.evil.example/", {"ehr.example.org"}) != "");
}

// Where clouds tell secrets, in every spelling, and whoever names it.
BOOST_AUTO_TEST_CASE(addresses_of_a_link_never) {
    for (const auto* host :
         {"169.254.169.254", "[::ffff:169.254.169.254]", "[fe80::1]", "[febf::1]", "[fd00:ec2::254]", "0.0.0.0", "[::]",
          "224.0.0.1", "[ff02::1]", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518"}) {
        const auto url = std::string("https://") + host + "/latest/meta-data";
        std::string bare = host;
        if (bare.front() == '[') bare = bare.substr(1, bare.size() - 2);
        BOOST_TEST(wrong_endpoint(url, {}) != "", url);
        BOOST_TEST(wrong_endpoint(url, {bare}) != "", url);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_none) {
    for (const auto* url : {"", "ehr", "ftp://ehr/", "https://", "https://user:secret@ehr/", "https://ehr/#a",
                            "https:///x", "https://ehr/a b", "file:///etc/passwd", "https://ehr\r\nHost: x/"})
        BOOST_TEST(wrong_endpoint(url, {}) != "", url);
}

BOOST_AUTO_TEST_SUITE_END()
