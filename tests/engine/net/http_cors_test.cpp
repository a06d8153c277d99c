#include "engine/net/http_cors.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::net;

namespace {

std::string header(const HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return {};
}

HttpRouter router_of(std::vector<std::string> origins) {
    HttpRouter router;
    router.add("GET", "/fhir/{type}", [](const HttpRequest&) { return HttpResponse{200, {}, "found"}; });
    router.add("POST", "/fhir/{type}", [](const HttpRequest&) { return HttpResponse{201, {}, "made"}; });
    router.add("GET", "/fhirside", [](const HttpRequest&) { return HttpResponse{200, {}, "beside"}; });
    router.add_last([rule = CorsRule{"/fhir", std::move(origins)}](const auto& request, auto& response) {
        allow_origin(rule, request, response);
    });
    return router;
}

HttpResponse asked(const HttpRouter& router, const std::string& method, const std::string& path,
                   const std::string& origin, bool before = false) {
    HttpRequest request;
    request.method = method;
    request.path = path;
    if (!origin.empty()) request.headers.add("Origin", origin);
    if (before) request.headers.add("Access-Control-Request-Method", "POST");
    return router.answer(request);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(net_http_cors)

BOOST_AUTO_TEST_CASE(a_page_of_a_known_origin_may_have_the_answer) {
    const auto router = router_of({"https://viewer.example"});
    const auto known = asked(router, "GET", "/fhir/Patient", "https://viewer.example");
    BOOST_TEST(header(known, "Access-Control-Allow-Origin") == "https://viewer.example");
    BOOST_TEST(header(known, "Access-Control-Expose-Headers").find("ETag") != std::string::npos);
    BOOST_TEST(header(known, "Access-Control-Allow-Credentials") == "");
    BOOST_TEST(header(known, "Vary") == "Origin");
    BOOST_TEST(known.body == "found");
    for (const auto* other :
         {"https://evil.example", "http://viewer.example", "https://viewer.example.evil", "null", ""}) {
        const auto answer = asked(router, "GET", "/fhir/Patient", other);
        BOOST_TEST(header(answer, "Access-Control-Allow-Origin") == "", other);
        BOOST_TEST(header(answer, "Vary") == "Origin", other);
    }
}

BOOST_AUTO_TEST_CASE(a_browser_asks_before_and_hears_what_the_place_can_do) {
    const auto router = router_of({"https://viewer.example"});
    const auto known = asked(router, "OPTIONS", "/fhir/Patient", "https://viewer.example", true);
    BOOST_TEST(known.status == 204);
    BOOST_TEST(header(known, "Access-Control-Allow-Methods") == "GET, POST, HEAD");
    BOOST_TEST(header(known, "Access-Control-Allow-Headers").find("Authorization") != std::string::npos);
    BOOST_TEST(header(known, "Access-Control-Allow-Origin") == "https://viewer.example");
    BOOST_TEST(known.body == "");
    BOOST_TEST(asked(router, "OPTIONS", "/fhir/Patient", "https://evil.example", true).status == 405);
    BOOST_TEST(asked(router, "OPTIONS", "/fhir/Patient", "https://viewer.example").status == 405);
}

BOOST_AUTO_TEST_CASE(only_what_is_below_its_place_is_given_away) {
    const auto router = router_of({"*"});
    BOOST_TEST(header(asked(router, "GET", "/fhir/Patient", "https://any.example"), "Access-Control-Allow-Origin") ==
               "*");
    BOOST_TEST(header(asked(router, "GET", "/fhirside", "https://any.example"), "Access-Control-Allow-Origin") == "");
    const auto none = router_of({});
    BOOST_TEST(asked(none, "GET", "/fhir/Patient", "https://any.example").headers.empty());
}

BOOST_AUTO_TEST_CASE(origins) {
    for (const auto* good : {"*", "https://a.example", "http://localhost:3000", "https://[::1]:8443"})
        BOOST_TEST(is_origin(good), good);
    for (const auto* bad : {"", "a.example", "https://", "https://a.example/", "ftp://a.example", "https://a.example/x",
                            "https://A.example", "https://u@a.example", "null", "**"})
        BOOST_TEST(!is_origin(bad), bad);
}

BOOST_AUTO_TEST_SUITE_END()
