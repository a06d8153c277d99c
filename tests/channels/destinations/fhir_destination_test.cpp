#include "channels/destinations/fhir_destination.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/channels/destinations/destination_parts.hpp"
#include "tests/channels/destinations/http_script.hpp"

using namespace gantry;
using namespace gantry::channels;
using namespace gantry::channels::testing;
using Options = FhirDestinationOptions;

namespace {

const std::string patient = R"({"resourceType":"Patient","identifier":[{"system":"urn:x","value":"4711"}]})";
const std::string transaction =
    R"({"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"POST","url":"Observation"}}]})";

std::string server(int port, const std::string& path = "/r4") {
    return "http://127.0.0.1:" + std::to_string(port) + path;
}

Options options_for(int port) {
    Options out;
    out.url = server(port);
    out.connect_timeout = out.send_timeout = out.reply_timeout = out.idle = patience;
    return out;
}

store::DeliveryWork work(const std::string& payload) {
    store::DeliveryWork out;
    out.payload = payload;
    return out;
}

// Answers the requests in turn, and keeps them.
ScriptedReceiver::Script answering(std::vector<std::string> responses, std::vector<std::string>& requests) {
    return [responses = std::move(responses), &requests](Accepted& peer) {
        for (const auto& response : responses) {
            requests.push_back(http_request(peer));
            peer.send(response);
        }
        peer.wait_for_end();
    };
}

std::string first_line(const std::string& request) {
    return request.substr(0, request.find("\r\n"));
}

std::string token(const std::string& text, int seconds = 3600) {
    return http_response(200, R"({"access_token":")" + text + R"(","token_type":"bearer","expires_in":)" +
                                  std::to_string(seconds) + "}");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_fhir_destination)

BOOST_AUTO_TEST_CASE(a_resource_is_put_by_its_identifier_byte_for_byte) {
    std::vector<std::string> requests;
    ScriptedReceiver receiver({answering({http_response(201, ""), http_response(200, "")}, requests)});
    {
        FhirDestination target(options_for(receiver.port()));
        BOOST_TEST(word(target.deliver(work(patient))) == "delivered");
        BOOST_TEST(word(target.deliver(work(patient + "\n"))) == "delivered");
    }
    BOOST_TEST(receiver.join() == 1);
    BOOST_TEST(first_line(requests[0]) == "PUT /r4/Patient?identifier=urn%3Ax%7C4711 HTTP/1.1");
    BOOST_TEST(http_field(requests[0], "Content-Type") == "application/fhir+json");
    BOOST_TEST(http_field(requests[0], "Accept") == "application/fhir+json");
    BOOST_TEST(http_field(requests[0], "If-None-Exist") == "(none)");
    BOOST_TEST(http_body(requests[1]) == patient + "\n");
}

BOOST_AUTO_TEST_CASE(a_resource_is_created_unless_it_is_there) {
    std::vector<std::string> requests;
    ScriptedReceiver receiver({answering({http_response(200, "")}, requests)});
    {
        auto options = options_for(receiver.port());
        options.url += "/";
        options.interaction = Options::Interaction::create;
        BOOST_TEST(word(FhirDestination(options).deliver(work(patient))) == "delivered");
    }
    receiver.join();
    BOOST_TEST(first_line(requests[0]) == "POST /r4/Patient HTTP/1.1");
    BOOST_TEST(http_field(requests[0], "If-None-Exist") == "identifier=urn%3Ax%7C4711");
}

BOOST_AUTO_TEST_CASE(a_transaction_is_posted_to_the_base) {
    std::vector<std::string> requests;
    ScriptedReceiver receiver({answering({http_response(200, "{}")}, requests)});
    { BOOST_TEST(word(FhirDestination(options_for(receiver.port())).deliver(work(transaction))) == "delivered"); }
    receiver.join();
    BOOST_TEST(first_line(requests[0]) == "POST /r4 HTTP/1.1");
    BOOST_TEST(http_body(requests[0]) == transaction);
}

BOOST_AUTO_TEST_CASE(a_connection_that_ends_is_a_doubt_only_of_what_cannot_be_made_twice) {
    const auto ending = [](Accepted& peer) { http_request(peer); };
    ScriptedReceiver receiver({ending, ending});
    const auto options = options_for(receiver.port());
    BOOST_TEST(word(FhirDestination(options).deliver(work(patient))) == "retry");
    BOOST_TEST(word(FhirDestination(options).deliver(work(transaction))) == "in doubt");
}

BOOST_AUTO_TEST_CASE(what_is_no_fhir_is_refused_without_a_connection) {
    const auto answer = FhirDestination(options_for(1)).deliver(work("MSH|^~\\&|A"));
    BOOST_TEST(word(answer) == "refused");
    BOOST_TEST(answer.detail == "the message is not a FHIR resource in JSON");
}

BOOST_AUTO_TEST_CASE(a_token_is_got_once_and_replaced_when_the_server_does_not_take_it) {
    std::vector<std::string> tokens, requests;
    ScriptedReceiver login({answering({token("first"), token("second")}, tokens)});
    ScriptedReceiver receiver({answering(
        {http_response(201, ""), http_response(401, ""), http_response(200, ""), http_response(200, "")}, requests)});
    {
        auto options = options_for(receiver.port());
        options.oauth.emplace();
        options.oauth->token_url = server(login.port(), "/token");
        options.oauth->client_id = "gan:try";
        options.oauth->client_secret = settings::Secret("s&cret");
        options.oauth->scope = "system/*.write";
        FhirDestination target(options);
        for (int i = 0; i < 3; ++i) BOOST_TEST(word(target.deliver(work(patient))) == "delivered");
    }
    login.join();
    receiver.join();
    BOOST_TEST(tokens.size() == 2u);
    BOOST_TEST(first_line(tokens[0]) == "POST /token HTTP/1.1");
    // Z2FuJTNBdHJ5OnMlMjZjcmV0 is gan%3Atry:s%26cret
    BOOST_TEST(http_field(tokens[0], "Authorization") == "Basic Z2FuJTNBdHJ5OnMlMjZjcmV0");
    BOOST_TEST(http_body(tokens[0]) == "grant_type=client_credentials&scope=system%2F%2A.write");
    const char* expected[] = {"first", "first", "second", "second"};
    for (std::size_t i = 0; i < 4; ++i)
        BOOST_TEST(http_field(requests[i], "Authorization") == std::string("Bearer ") + expected[i]);
}

BOOST_AUTO_TEST_CASE(a_server_that_takes_no_token_is_asked_twice_and_not_for_ever) {
    std::vector<std::string> tokens, requests;
    ScriptedReceiver login({answering({token("first"), token("second")}, tokens)});
    ScriptedReceiver receiver({answering({http_response(401, ""), http_response(401, "")}, requests)});
    auto options = options_for(receiver.port());
    options.oauth.emplace();
    options.oauth->token_url = server(login.port(), "/token");
    options.oauth->client_secret = settings::Secret("x");
    BOOST_TEST(word(FhirDestination(options).deliver(work(patient))) == "held");
}

BOOST_AUTO_TEST_CASE(a_token_that_ends_at_once_is_not_kept) {
    std::vector<std::string> tokens, requests;
    ScriptedReceiver login({answering({token("first", 0), token("second", 0)}, tokens)});
    ScriptedReceiver receiver({answering({http_response(200, ""), http_response(200, "")}, requests)});
    {
        auto options = options_for(receiver.port());
        options.oauth.emplace();
        options.oauth->token_url = server(login.port(), "/token");
        options.oauth->client_secret = settings::Secret("x");
        FhirDestination target(options);
        for (int i = 0; i < 2; ++i) BOOST_TEST(word(target.deliver(work(patient))) == "delivered");
    }
    receiver.join();
    BOOST_TEST(http_field(requests[1], "Authorization") == "Bearer second");
}

BOOST_AUTO_TEST_CASE(without_a_token_nothing_is_sent) {
    std::vector<std::string> tokens;
    ScriptedReceiver login(
        {answering({http_response(400, R"({"error":"invalid_client","error_description":"geheim"})")}, tokens)});
    auto options = options_for(1);
    options.oauth.emplace();
    options.oauth->token_url = server(login.port(), "/token");
    options.oauth->client_secret = settings::Secret("x");
    const auto answer = FhirDestination(options).deliver(work(patient));
    BOOST_TEST(word(answer) == "away");
    BOOST_TEST(answer.detail.find("HTTP 400, invalid_client") != std::string::npos, answer.detail);
    BOOST_TEST(answer.detail.find("geheim") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(options_that_cannot_work_are_pointed_at) {
    const auto problems = [](const std::string& text) {
        const auto value = json::parse(text);
        BOOST_REQUIRE_MESSAGE(value.ok(), text);
        json::Diagnostics found("channel.json");
        const settings::Environment environment;
        (void)fhir_destination_schema().read(*value, "/fhir", found, environment);
        return found.all().size();
    };
    const auto with = [&](const std::string& more) {
        return problems(R"({"url": "https://fhir.example/r4")" + more + "}");
    };
    BOOST_TEST(with("") == 0u);
    BOOST_TEST(with(R"(, "oauth": {"token_url": "https://a/t", "client_id": "g", "client_secret": "s"})") == 0u);
    for (
        const std::string wrong :
        {R"(, "headers": {"accept": "x"})", R"(, "oauth": {"token_url": "https://a/t", "client_id": "g"})",
         R"(, "oauth": {"token_url": "http://a/t", "client_id": "g", "client_secret": "s"})",
         R"(, "oauth": {"token_url": "https://a/t", "client_id": "g", "client_secret": "s"}, "headers": {"Authorization": "x"})",
         R"(, "oauth": {"token_url": "https://a/t", "client_id": "g", "key": "no.pem"})",
         R"(, "interaction": "delete")"})
        BOOST_TEST_CONTEXT(wrong) BOOST_TEST(with(wrong) >= 1u);
    BOOST_TEST(problems(R"({"url": "https://fhir.example/r4?x=y"})") == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
