#include "fhir/resources/uri_forms.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace gantry::fhir;

BOOST_AUTO_TEST_SUITE(uri_forms)

BOOST_AUTO_TEST_CASE(oids) {
    for (const auto* oid : {"0.1", "1.2.840.10008", "2.25.0", "2.0.3"}) BOOST_TEST(is_oid(oid), oid);
    for (const auto* none : {"", "1", "1.", ".1", "3.1", "1.02", "1..2", "1.2.", "1.a", "12.1", "1.2 "})
        BOOST_TEST(!is_oid(none), none);
}

BOOST_AUTO_TEST_CASE(uuids) {
    BOOST_TEST(is_uuid("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"));
    for (const auto* none :
         {"", "f81d4fae", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
          "f81d4fae+7dec-11d0-a765-00a0c91e6bf6", "f81d4fae-7dec-11d0-a765-00a0c91e6bf60"})
        BOOST_TEST(!is_uuid(none), none);
}

BOOST_AUTO_TEST_CASE(uris) {
    for (const auto* uri : {"http://a", "urn:oid:1.2", "urn:x:y", "a+b-c.d:e", "tag:x,2026:\xC3\xA4"})
        BOOST_TEST(is_uri(uri), uri);
    for (const auto* none : {"", "a", ":", ":a", "a:", "1a:b", "http://a b", "http://<a>", "http://\"",
                             "urn:oid:", "urn:oid:x", "urn:uuid:1", "a:\x7F", "a:\n"})
        BOOST_TEST(!is_uri(none), none);
}

BOOST_AUTO_TEST_CASE(media_types) {
    for (const auto* type : {"application/pdf", "text/plain;charset=utf-8", "text/plain; charset=utf-8",
                             "application/fhir+json", "image/x-icon ; q=1"})
        BOOST_TEST(is_media_type(type), type);
    for (const auto* none : {"", "/", "pdf", "application/", "/pdf", "a/b/c", "a b/c", "application/p df", "\xC3\xA4/b",
                             "application;/pdf", "+a/b"})
        BOOST_TEST(!is_media_type(none), none);
    BOOST_TEST(!is_media_type("a/" + std::string(128, 'b')));
}

BOOST_AUTO_TEST_SUITE_END()
