#include "engine/net/http_url.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::net;

namespace {

std::string read(const std::string& text) {
    const auto url = parse_http_url(text);
    if (!url) return "none";
    return (url->secure ? "tls " : "") + url->host + " " + std::to_string(url->port) + " " + url->authority + " " +
           url->target;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_url)

BOOST_AUTO_TEST_CASE(parts) {
    BOOST_TEST(read("http://ris.example") == "ris.example 80 ris.example /");
    BOOST_TEST(read("HTTP://ris.example:8080/") == "ris.example 8080 ris.example:8080 /");
    BOOST_TEST(read("https://ris.example/hl7") == "tls ris.example 443 ris.example /hl7");
    BOOST_TEST(read("http://127.0.0.1:1/a%20b/c?x=1&y=/?") == "127.0.0.1 1 127.0.0.1:1 /a%20b/c?x=1&y=/?");
    BOOST_TEST(read("http://ris?x=1") == "ris 80 ris /?x=1");
    BOOST_TEST(read("http://[::1]:65535/x") == "::1 65535 [::1]:65535 /x");
    BOOST_TEST(read("http://[fe80::1]") == "fe80::1 80 [fe80::1] /");
}

BOOST_AUTO_TEST_CASE(what_is_none) {
    for (const std::string text : {"",
                                   "ris.example",
                                   "http:/ris",
                                   "http://",
                                   "http:///x",
                                   "ftp://ris/",
                                   "http://ris:/",
                                   "http://ris:0/",
                                   "http://ris:65536/",
                                   "http://ris:80x/",
                                   "http://ris:-1",
                                   "http://a:b:80/",
                                   "http://user@ris/",
                                   "http://user:pass@ris/",
                                   "http://ris/#x",
                                   "http://ris/a b",
                                   "http://ris/a\r\nX: y",
                                   "http://ris/\xc3\xa4",
                                   "http://[::1",
                                   "http://[]",
                                   "http://[ris]",
                                   "http://[::1]80",
                                   "http://::1/",
                                   "http://ris/{id}",
                                   "http://ri[s]/",
                                   " http://ris"})
        BOOST_TEST_CONTEXT(text) BOOST_TEST(read(text) == "none");
    BOOST_TEST(read(std::string("http://ris/\0", 12)) == "none");
}

BOOST_AUTO_TEST_SUITE_END()
