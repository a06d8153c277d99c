#include "fhir/interactions/unrouted.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;

namespace {

net::HttpResponse asked(const std::string& method, const std::string& path, const std::string& accept = {}) {
    net::HttpRouter router;
    router.add("GET", "/fhir/{type}/{id}", [](const net::HttpRequest&) { return net::HttpResponse{200, {}, "found"}; });
    router.add("GET", "/api/ready", [](const net::HttpRequest&) { return net::HttpResponse{200, {}, "ready"}; });
    router.add_last(&fhir::answer_in_fhir);
    net::HttpRequest request;
    request.method = method;
    request.path = path;
    if (!accept.empty()) request.headers.add("Accept", accept);
    return router.answer(request);
}

std::string header(const net::HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fhir_unrouted)

BOOST_AUTO_TEST_CASE(whatever_is_asked_under_fhir_is_answered_in_fhir) {
    const auto nowhere = asked("GET", "/fhir/a/b/c/d/e");
    BOOST_TEST(nowhere.status == 404);
    BOOST_TEST(nowhere.body.starts_with(R"({"resourceType":"OperationOutcome")"), nowhere.body);
    const auto method = asked("PUT", "/fhir/Patient/1", "application/fhir+xml");
    BOOST_TEST(method.status == 405);
    BOOST_TEST(header(method, "Allow") == "GET, HEAD");
    BOOST_TEST(header(method, "Content-Type").starts_with("application/fhir+xml"));
    BOOST_TEST(method.body.find("<OperationOutcome") != std::string::npos, method.body);
    BOOST_TEST(asked("GET", "/fhir/a/b/c", "image/png").body.starts_with(R"({"resourceType":"OperationOutcome")"));
}

BOOST_AUTO_TEST_CASE(other_places_are_answered_as_before) {
    BOOST_TEST(asked("GET", "/fhirs").body.starts_with(R"({"error":)"));
    BOOST_TEST(asked("PUT", "/api/ready").body.starts_with(R"({"error":)"));
    BOOST_TEST(asked("GET", "/fhir/Patient/1").body == "found");
}

BOOST_AUTO_TEST_SUITE_END()
