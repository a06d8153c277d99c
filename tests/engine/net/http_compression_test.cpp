#include "engine/net/http_compression.hpp"

#include <Poco/InflatingStream.h>

#include <boost/test/unit_test.hpp>
#include <sstream>

using namespace gantry::net;

namespace {

const std::string text(5000, 'x');

HttpResponse answered(const std::string& accepted, HttpResponse response) {
    HttpRequest request;
    if (!accepted.empty()) request.headers.add("Accept-Encoding", accepted);
    compress(request, response);
    return response;
}

std::string header(const HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return {};
}

bool is_gzipped(const std::string& accepted, const std::string& type = "application/fhir+json",
                const std::string& body = text) {
    return header(answered(accepted, {200, {{"Content-Type", type}}, body}), "Content-Encoding") == "gzip";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(net_http_compression)

BOOST_AUTO_TEST_CASE(who_takes_gzip_gets_less_and_the_same) {
    const auto response = answered("gzip", {200, {{"Content-Type", "application/fhir+json"}}, text});
    BOOST_TEST(header(response, "Content-Encoding") == "gzip");
    BOOST_TEST(header(response, "Vary") == "Accept-Encoding");
    BOOST_TEST(response.body.size() < 200u);
    std::istringstream compressed(response.body);
    Poco::InflatingInputStream inflated(compressed, Poco::InflatingStreamBuf::STREAM_GZIP);
    std::ostringstream again;
    again << inflated.rdbuf();
    BOOST_TEST(again.str() == text);
}

BOOST_AUTO_TEST_CASE(what_a_client_says_it_takes_counts) {
    for (const auto* takes :
         {"gzip", "GZIP", "deflate, gzip;q=1.0, *;q=0.5", "br;q=1, gzip;q=0.2", "*", "x-gzip", " gzip "})
        BOOST_TEST(is_gzipped(takes), takes);
    for (const auto* refuses : {"", "identity", "gzip;q=0", "gzip; q=0.0, *", "br", "*;q=0", "gzippy", ",,,", ";;"})
        BOOST_TEST(!is_gzipped(refuses), refuses);
}

BOOST_AUTO_TEST_CASE(only_text_of_some_size_is_compressed) {
    for (const auto* type :
         {"application/fhir+xml", "text/plain; charset=utf-8", "application/json", "application/fhir+ndjson"})
        BOOST_TEST(is_gzipped("gzip", type), type);
    for (const auto* type : {"application/pdf", "image/png", "application/octet-stream", ""})
        BOOST_TEST(!is_gzipped("gzip", type), type);
    BOOST_TEST(!is_gzipped("gzip", "text/plain", "short"));
    const auto encoded = answered("gzip", {200, {{"Content-Type", "text/plain"}, {"Content-Encoding", "br"}}, text});
    BOOST_TEST(encoded.body == text);
}

// A cache that keeps one form must know that there is another.
BOOST_AUTO_TEST_CASE(who_does_not_take_it_is_told_of_the_other_form) {
    const auto response = answered("", {200, {{"Content-Type", "text/plain"}}, text});
    BOOST_TEST(header(response, "Vary") == "Accept-Encoding");
    BOOST_TEST(response.body == text);
}

BOOST_AUTO_TEST_SUITE_END()
