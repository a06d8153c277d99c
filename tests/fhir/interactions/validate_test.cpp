// $validate as over HTTP.
#include "fhir/interactions/validate_api.hpp"

#include "engine/json/value.hpp"
#include "fhir/json/json_reader.hpp"
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::store::testing;

namespace {

const Zone utc("UTC");

class Server {
  public:
    Server() {
        projection_.zone = &utc;
        api_.add_to(router_);
    }
    Site site;
    std::string scopes = "system/*.cruds";
    std::int64_t patient = 0;

    net::HttpResponse send(const std::string& method, const std::string& path, const std::string& body,
                           const std::string& type = "application/fhir+json") {
        net::HttpRequest request;
        request.method = method;
        const auto mark = std::min(path.find('?'), path.size());
        request.path = "/fhir/" + path.substr(0, mark);
        if (mark < path.size()) {
            const auto equals = path.find('=', mark);
            request.query.emplace_back(path.substr(mark + 1, equals - mark - 1), path.substr(equals + 1));
        }
        request.body = body;
        request.headers.add("Content-Type", type);
        return router_.answer(request);
    }
    // "severity code" of each issue.
    std::vector<std::string> issues(const std::string& path, const std::string& body,
                                    const std::string& type = "application/fhir+json") {
        const auto response = send("POST", path, body, type);
        BOOST_REQUIRE_MESSAGE(response.status == 200, path << ": " << response.body);
        BOOST_TEST(r4::read_json(response.body).ok());
        const auto outcome = json::parse(response.body);
        std::vector<std::string> out;
        for (const auto& issue : outcome->find("issue")->items())
            out.push_back(issue.find("severity")->string() + " " + issue.find("code")->string());
        return out;
    }

  private:
    ProjectionContext projection_;
    ValidateApi api_{{site->search(),
                      projection_,
                      utc,
                      site.clock,
                      [this](const net::HttpRequest&) -> Result<Grant> {
                          if (scopes.empty()) return Error{ErrorCode::access_no_token, {}, {}};
                          return Grant{scopes_of(scopes).value(), patient};
                      },
                      {}}};
    net::HttpRouter router_;
};

using Texts = std::vector<std::string>;
const std::string text =
    R"("text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"})";
std::string person(const std::string& more = {}) {
    return R"({"resourceType": "Patient", )" + text + more + "}";
}
std::string parameters(const std::string& resource, const std::string& more = {}) {
    return R"({"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": )" + resource + "}" + more +
           "]}";
}
std::string mode(const std::string& what) {
    return R"(, {"name": "mode", "valueCode": ")" + what + "\"}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fhir_validation)

BOOST_AUTO_TEST_CASE(every_issue_of_a_resource_is_told) {
    Server server;
    const Texts fine{"information informational"}, no_id{"error required"};
    BOOST_TEST(server.issues("Patient/$validate", person()) == fine, boost::test_tools::per_element());
    BOOST_TEST(server.issues("Patient/$validate", parameters(person())) == fine, boost::test_tools::per_element());
    BOOST_TEST(server.issues("Patient/$validate",
                             R"(<Patient xmlns="http://hl7.org/fhir"><text><status value="generated"/>)"
                             R"(<div xmlns="http://www.w3.org/1999/xhtml">x</div></text></Patient>)",
                             "application/fhir+xml") == fine,
               boost::test_tools::per_element());
    const auto wrong = server.issues("Patient/$validate", person(R"(, "gender": "x", "birthDate": "y", "unheard": 1)"));
    BOOST_TEST(wrong.size() == 3u);
    BOOST_TEST(server.issues("Patient/$validate", parameters(person(R"(, "gender": "x")"))).front() ==
               "error code-invalid");
    // dom-6 is advice
    BOOST_TEST(server.issues("Patient/$validate", R"({"resourceType": "Patient"})") == (Texts{"warning invariant"}),
               boost::test_tools::per_element());
    // of another type than the address, and of one that is not served
    BOOST_TEST(server.issues("Group/$validate", person()) == (Texts{"error structure"}),
               boost::test_tools::per_element());
    BOOST_TEST(
        server.issues("Basic/$validate", R"({"resourceType": "Basic", "code": {"text": "a"}, )" + text + "}") == fine,
        boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_mode_says_what_it_is_for) {
    Server server;
    server.site.commit(order("1"));
    const auto found = server.site->records().patients({}, 1);
    const auto id = std::to_string(found->front().id.value);
    const auto with_id = [](const std::string& one) { return person(", \"id\": \"" + one + "\""); };
    const Texts fine{"information informational"};
    const struct {
        std::string path, body;
        Texts issues;
    } rows[] = {
        {"Patient/$validate", parameters(person(), mode("create")), fine},
        {"Patient/$validate", parameters(with_id("7"), mode("create")), fine},
        {"Patient/$validate?mode=create", person(), fine},
        {"Group/$validate?mode=profile",
         R"({"resourceType": "Group", "type": "person", "actual": false, )" + text + "}", fine},
        {"Group/$validate?mode=create",
         R"({"resourceType": "Group", "type": "person", "actual": false, )" + text + "}",
         {"error not-supported"}},
        {"Patient/$validate", parameters(person(), mode("update")), {"error required"}},
        {"Patient/$validate", parameters(with_id("7"), mode("update")), {"error not-found"}},
        {"Patient/$validate", parameters(with_id(id), mode("update")), fine},
        {"Patient/" + id + "/$validate", parameters(with_id(id), mode("update")), fine},
        {"Patient/" + id + "/$validate", parameters(with_id("7"), mode("update")), {"error value"}},
        {"Patient/$validate?profile=http://hl7.org/fhir/StructureDefinition/Patient", person(), fine},
        {"Patient/$validate?profile=http://x/y", person(), fine},
    };
    for (const auto& row : rows)
        BOOST_TEST(server.issues(row.path, row.body) == row.issues, row.path << " " << row.body);
    BOOST_TEST(server.send("POST", "Patient/$validate?profile=http://x/y", person()).body.find("profile named") !=
               std::string::npos);
    BOOST_TEST(server.send("GET", "Patient/" + id + "/$validate", {}).status == 200);
    BOOST_TEST(server.send("GET", "Patient/" + id + "/$validate?mode=update", {}).status == 200);
    BOOST_TEST(server.send("POST", "Patient/" + id + "/$validate?mode=delete", {}).status == 200);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_checked_is_refused) {
    Server server;
    server.site.commit(order("1"));
    server.site.commit(order("2", {.placer = "P2", .patient = "100002", .accession = "A2"}));
    const auto found = server.site->records().patients({}, 2);
    const auto mine = std::to_string(found->front().id.value), other = std::to_string(found->back().id.value);
    const struct {
        std::string method, path, body, type;
        int status;
    } rows[] = {{"POST", "Patient/$validate", "{", "application/fhir+json", 400},
                {"POST", "Patient/$validate", "", "application/fhir+json", 400},
                {"POST", "Patient/$validate", R"({"resourceType": "Parameters"})", "application/fhir+json", 400},
                {"POST", "Patient/$validate", R"({"resourceType": "Unheard"})", "application/fhir+json", 400},
                {"POST", "Patient/$validate?mode=x", person(), "application/fhir+json", 400},
                {"POST", "Patient/$validate", person(), "text/plain", 415},
                {"POST", "Unheard/$validate", person(), "application/fhir+json", 404},
                {"POST", "Resource/$validate", person(), "application/fhir+json", 404},
                {"GET", "Patient/77/$validate", "", "", 404},
                {"GET", "Patient/x/$validate", "", "", 404},
                {"GET", "Basic/1/$validate", "", "", 404}};
    for (const auto& row : rows) {
        const auto response = server.send(row.method, row.path, row.body, row.type);
        BOOST_TEST(response.status == row.status, row.path << " " << row.body << " " << response.body);
        BOOST_TEST(response.body.find("OperationOutcome") != std::string::npos, row.path);
    }
    server.scopes = "patient/Patient.r";
    server.patient = std::stoll(mine);
    BOOST_TEST(server.send("GET", "Patient/" + mine + "/$validate", {}).status == 200);
    BOOST_TEST(server.send("GET", "Patient/" + other + "/$validate", {}).status == 404);
    BOOST_TEST(server.send("POST", "Group/$validate", person()).status == 403);
    server.scopes = "system/Patient.c";
    BOOST_TEST(server.send("POST", "Patient/$validate", person()).status == 200);
    BOOST_TEST(server.send("GET", "Patient/" + mine + "/$validate", {}).status == 403);
    server.scopes.clear();
    BOOST_TEST(server.send("POST", "Patient/$validate", person()).status == 401);
}

BOOST_AUTO_TEST_SUITE_END()
