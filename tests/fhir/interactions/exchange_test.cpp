#include "fhir/interactions/exchange.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::fhir;

namespace {

constexpr Instant monday{1'795'424'400'000'000};  // 2026-11-23T09:00:00Z

net::HttpRequest with(const char* header, const char* value) {
    net::HttpRequest out;
    out.headers.add(header, value);
    return out;
}

bool accepts(const char* accept) {
    return wanted_of(with("Accept", accept)).ok();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(exchanges)

BOOST_AUTO_TEST_CASE(json_is_given_to_whoever_takes_it) {
    for (const auto* accept : {"*/*", "application/fhir+json", "application/json; fhirVersion=4.0",
                               "text/html, application/fhir+json;q=0.5", "Application/FHIR+JSON", ""})
        BOOST_TEST(accepts(accept), accept);
    for (const auto* accept : {"text/csv", "application/fhir+turtle", "application/fhir+json;q=0"})
        BOOST_TEST(!accepts(accept), accept);
    net::HttpRequest request = with("Accept", "text/csv");
    request.query = {{"_format", "json"}};
    BOOST_TEST(wanted_of(request).ok());
    request.query = {{"_format", "ttl"}};
    BOOST_TEST(!wanted_of(request).ok());
}

BOOST_AUTO_TEST_CASE(preferences_are_read_from_lists) {
    BOOST_TEST(wanted_of(with("Prefer", "return=minimal, handling=lenient"))->lenient);
    BOOST_TEST(wanted_of(with("Prefer", "respond-async; Handling=Lenient"))->lenient);
    BOOST_TEST(!wanted_of(with("Prefer", "handling=strict"))->lenient);
}

BOOST_AUTO_TEST_CASE(a_version_that_the_client_has_is_not_sent_again) {
    BOOST_TEST(is_known(with("If-None-Match", "W/\"7\""), 7, monday));
    BOOST_TEST(is_known(with("If-None-Match", "\"6\", \"7\""), 7, monday));
    BOOST_TEST(is_known(with("If-None-Match", "*"), 7, monday));
    BOOST_TEST(!is_known(with("If-None-Match", "W/\"6\""), 7, monday));
    BOOST_TEST(is_known(with("If-Modified-Since", "Mon, 23 Nov 2026 09:00:00 GMT"), 7, monday));
    BOOST_TEST(!is_known(with("If-Modified-Since", "Mon, 23 Nov 2026 08:59:59 GMT"), 7, monday));
    BOOST_TEST(!is_known(with("If-Modified-Since", "yesterday"), 7, monday));
    BOOST_TEST(!is_known({}, 7, monday));
}

BOOST_AUTO_TEST_SUITE_END()
