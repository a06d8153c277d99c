// Patches and conditional updates as over HTTP, into a store.
#include "engine/base/base64.hpp"
#include "writing_server.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;
using namespace gantry::store::testing;

namespace {

const Server::Headers as_json_patch{{"Content-Type", "application/json-patch+json"}};

std::string made(Server& server, const std::string& type, const std::string& resource) {
    const auto response = server.post(type, resource);
    BOOST_REQUIRE_MESSAGE(response.status == 201, response.body);
    return type + "/" + text_in(response.body, "id");
}

std::string etag_of(Server& server, const std::string& place) {
    return header(server.send("PATCH", place, "[]", as_json_patch), "ETag");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fhir_patches)

STORE_TEST_CASE(a_json_patch_changes_what_it_says_and_nothing_else) {
    Server server;
    const auto id = made(server, "Patient", patient_of());
    const auto done = server.send("PATCH", id, R"([{"op":"test","path":"/gender","value":"female"},
        {"op":"add","path":"/birthDate","value":"1970-01-31"},
        {"op":"replace","path":"/name/0/given/0","value":"Berta"}])",
                                  as_json_patch);
    BOOST_REQUIRE_MESSAGE(done.status == 200, done.body);
    BOOST_TEST(text_in(done.body, "birthDate") == "1970-01-31");
    BOOST_TEST(done.body.find("Berta") != std::string::npos);
    BOOST_TEST(done.body.find("Anna") == std::string::npos);
    BOOST_TEST(text_in(done.body, "gender") == "female");
    BOOST_TEST(!header(done, "ETag").empty());
}

STORE_TEST_CASE(a_fhirpath_patch_comes_as_json_and_as_xml) {
    Server server;
    const auto id = made(server, "Patient", patient_of());
    const auto json = server.send("PATCH", id, R"({"resourceType": "Parameters", "parameter": [{"name": "operation",
        "part": [{"name": "type", "valueCode": "add"}, {"name": "path", "valueString": "Patient"},
                 {"name": "name", "valueString": "birthDate"}, {"name": "value", "valueDate": "1970-01-31"}]}]})");
    BOOST_REQUIRE_MESSAGE(json.status == 200, json.body);
    BOOST_TEST(text_in(json.body, "birthDate") == "1970-01-31");
    const auto xml = server.send("PATCH", id, R"(<Parameters xmlns="http://hl7.org/fhir"><parameter>
        <name value="operation"/><part><name value="type"/><valueCode value="replace"/></part>
        <part><name value="path"/><valueString value="Patient.birthDate"/></part>
        <part><name value="value"/><valueDate value="1971-02-28"/></part></parameter></Parameters>)",
                                 {{"Content-Type", "application/fhir+xml"}});
    BOOST_REQUIRE_MESSAGE(xml.status == 200, xml.body);
    BOOST_TEST(text_in(xml.body, "birthDate") == "1971-02-28");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_patched_is_said_and_nothing_is_written) {
    Server server;
    const auto id = made(server, "Patient", patient_of());
    const auto before = etag_of(server, id);
    const struct {
        std::string place, patch, type;
        int status;
    } rows[] = {
        {id, "{", "application/json-patch+json", 400},
        {id, R"([{"op":"spoil","path":"/a"}])", "application/json-patch+json", 400},
        {id, R"([{"op":"test","path":"/gender","value":"male"}])", "application/json-patch+json", 422},
        {id, R"([{"op":"remove","path":"/birthDate"}])", "application/json-patch+json", 422},
        {id, R"([{"op":"replace","path":"/gender","value":"x"}])", "application/json-patch+json", 422},
        {id, R"([{"op":"add","path":"/unheard","value":"x"}])", "application/json-patch+json", 422},
        {id, R"([{"op":"replace","path":"/id","value":"7"}])", "application/json-patch+json", 422},
        {id, R"([{"op":"replace","path":"/resourceType","value":"Group"}])", "application/json-patch+json", 422},
        {id, R"([{"op":"replace","path":"","value":7}])", "application/json-patch+json", 422},
        {id, R"({"resourceType":"Parameters"})", "application/fhir+json", 400},
        {id, R"({"resourceType":"Patient"})", "application/fhir+json", 400},
        {id, "[]", "text/plain", 415},
        {id, "<diff/>", "application/xml-patch+xml", 415},
        {"Patient/77", "[]", "application/json-patch+json", 404},
        {"Patient/x", "[]", "application/json-patch+json", 404},
        {"Nothing/1", "[]", "application/json-patch+json", 404},
        {"Practitioner/1", "[]", "application/json-patch+json", 404},
    };
    for (const auto& row : rows) {
        const auto response = server.send("PATCH", row.place, row.patch, {{"Content-Type", row.type}});
        BOOST_TEST(response.status == row.status, row.place << " " << row.patch << ": " << response.body);
        BOOST_TEST(response.body.find("OperationOutcome") != std::string::npos, row.patch);
    }
    BOOST_TEST(etag_of(server, id) == before);
    server.scopes = "system/*.crs";
    BOOST_TEST(server.send("PATCH", id, "[]", as_json_patch).status == 403);
}

STORE_TEST_CASE(a_patch_of_another_version_is_refused) {
    Server server;
    const auto id = made(server, "Patient", patient_of());
    const auto first = etag_of(server, id);
    const auto patch = [&](const std::string& date, const std::string& version) {
        auto headers = as_json_patch;
        if (!version.empty()) headers.emplace_back("If-Match", version);
        return server.send("PATCH", id, R"([{"op":"add","path":"/birthDate","value":")" + date + "\"}]", headers);
    };
    const auto second = patch("1970-01-31", first);
    BOOST_TEST(second.status == 200);
    BOOST_TEST(patch("1970-01-30", first).status == 412);
    BOOST_TEST(patch("1970-01-30", "W/\"x\"").status == 412);
    BOOST_TEST(patch("1970-01-30", header(second, "ETag")).status == 200);
}

// Each adds a word of its own to one text: if one overwrote another, a word would be missing.
STORE_TEST_CASE(patches_at_once_lose_nothing) {
    Server server;
    const auto id = made(server, "Patient", patient_of());
    constexpr std::size_t clients = 8;
    std::vector<int> status(clients);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < clients; ++i)
        threads.emplace_back([&, i] {
            const auto value = R"({"system":"phone","value":"55)" + std::to_string(i) + "\"}";
            const auto patch = R"({"resourceType":"Parameters","parameter":[{"name":"operation","part":[)"
                               R"({"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient"},)"
                               R"({"name":"name","valueString":"telecom"},{"name":"value","valueContactPoint":)" +
                               value + "}]}]}";
            status[i] = server.send("PATCH", id, patch).status;
        });
    for (auto& thread : threads) thread.join();
    const auto now = server.send("PATCH", id, "[]", as_json_patch);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < clients; ++i) {
        const bool is_there = now.body.find("\"55" + std::to_string(i) + "\"") != std::string::npos;
        BOOST_TEST(is_there == (status[i] == 200), i << ": " << status[i] << " " << now.body);
        BOOST_TEST((status[i] == 200 || status[i] == 412));
        kept += is_there ? 1 : 0;
    }
    BOOST_TEST(kept > 0u);
}

BOOST_AUTO_TEST_CASE(what_a_patch_removes_and_the_record_keeps_is_told) {
    Server server;
    const auto id = made(server, "Patient", patient_of(R"("birthDate": "1970-01-31", )"));
    const auto done = server.send("PATCH", id, R"([{"op":"remove","path":"/birthDate"}])", as_json_patch);
    BOOST_TEST(done.status == 200);
    BOOST_TEST(text_in(done.body, "birthDate") == "1970-01-31");
    BOOST_TEST(header(done, "Warning").find("Patient.birthDate is as it was before") != std::string::npos);
}

STORE_TEST_CASE(entries_of_a_batch_patch) {
    Server server;
    const auto id = made(server, "Patient", patient_of());
    const auto patch = to_base64(R"([{"op":"add","path":"/birthDate","value":"1970-01-31"}])");
    const auto patching = [&](const std::string& resource) {
        return R"({"resource": )" + resource + R"(, "request": {"method": "PATCH", "url": ")" + id + R"("}})";
    };
    const auto binary = patching(
        R"({"resourceType": "Binary", "contentType": "application/json-patch+json", "data": ")" + patch + "\"}");
    const auto parameters = patching(R"({"resourceType": "Parameters", "parameter": [{"name": "operation", "part": [
        {"name": "type", "valueCode": "replace"}, {"name": "path", "valueString": "Patient.gender"},
        {"name": "value", "valueCode": "other"}]}]})");
    const auto wrong = patching(R"({"resourceType": "Binary", "contentType": "text/plain", "data": "W10="})");
    const auto done = server.post("", bundle("batch", binary + "," + parameters + "," + wrong));
    BOOST_REQUIRE_MESSAGE(done.status == 200, done.body);
    const auto read = json::parse(done.body);
    std::vector<std::string> status;
    for (const auto& one : read->find("entry")->items())
        status.push_back(one.find("response")->find("status")->string());
    BOOST_TEST(status == (std::vector<std::string>{"200", "200", "400"}), boost::test_tools::per_element());
    const auto now = server.send("PATCH", id, "[]", as_json_patch);
    BOOST_TEST(text_in(now.body, "birthDate") == "1970-01-31");
    BOOST_TEST(text_in(now.body, "gender") == "other");
    BOOST_TEST(server.post("", bundle("transaction", binary)).status == 400);
}

STORE_TEST_CASE(an_update_by_criteria_changes_the_one_or_makes_it) {
    Server server;
    const std::string by = "Patient?identifier=http://hospital.example/patients|4711";
    const auto first = server.send("PUT", by, patient_of());
    BOOST_REQUIRE_MESSAGE(first.status == 201, first.body);
    const auto again = server.send("PUT", by, patient_of(R"("birthDate": "1970-01-31", )"));
    BOOST_REQUIRE_MESSAGE(again.status == 200, again.body);
    BOOST_TEST(text_in(again.body, "id") == text_in(first.body, "id"));
    BOOST_TEST(text_in(again.body, "birthDate") == "1970-01-31");
    const auto stale = server.send("PUT", by, patient_of(), {{"If-Match", header(first, "ETag")}});
    BOOST_TEST(stale.status == 412);
    BOOST_TEST(server.send("PUT", by, patient_of(R"("id": "77", )")).status == 400);
    BOOST_TEST(server.send("PUT", "Patient", patient_of()).status == 400);
    BOOST_TEST(server.send("PUT", "Patient?unheard=1", patient_of()).status == 400);
    BOOST_TEST(server.send("PUT", "Patient?identifier=none", patient_of(), {{"If-Match", "W/\"1\""}}).status == 412);
    const auto patched =
        server.send("PATCH", by, R"([{"op":"replace","path":"/gender","value":"other"}])", as_json_patch);
    BOOST_TEST(patched.status == 200);
    BOOST_TEST(text_in(patched.body, "gender") == "other");
    BOOST_TEST(server.send("PATCH", "Patient?identifier=none", "[]", as_json_patch).status == 404);
    made(server, "ServiceRequest", request("1"));
    made(server, "ServiceRequest", request("2"));
    BOOST_TEST(server.send("PUT", "ServiceRequest?patient.identifier=4711", request("1")).status == 412);
    BOOST_TEST(server.send("PATCH", "ServiceRequest?status=active", "[]", as_json_patch).status == 412);
}

STORE_TEST_CASE(entries_of_a_batch_name_what_they_mean_by_criteria) {
    Server server;
    const auto one = [](const std::string& method, const std::string& url, const std::string& resource) {
        return R"({"resource": )" + resource + R"(, "request": {"method": ")" + method + R"(", "url": ")" + url +
               R"("}})";
    };
    const auto patch = R"({"resourceType": "Binary", "contentType": "application/json-patch+json", "data": ")" +
                       to_base64(R"([{"op":"add","path":"/birthDate","value":"1970-01-31"}])") + "\"}";
    const std::string by = "Patient?identifier=http%3A%2F%2Fhospital.example%2Fpatients%7C4711";
    const auto done = server.post(
        "", bundle("batch", one("PUT", by, patient_of()) + "," + one("PUT", by, patient_of()) + "," +
                                one("PATCH", by, patch) + "," + one("PATCH", "Patient?identifier=none", patch) + "," +
                                one("PATCH", "Patient", patch) + "," + one("PUT", "Patient?unheard=1", patient_of())));
    BOOST_REQUIRE_MESSAGE(done.status == 200, done.body);
    const auto read = json::parse(done.body);
    std::vector<std::string> status;
    for (const auto& entry : read->find("entry")->items())
        status.push_back(entry.find("response")->find("status")->string());
    BOOST_TEST(status == (std::vector<std::string>{"201", "200", "200", "404", "400", "400"}),
               boost::test_tools::per_element());
    BOOST_TEST(server.site.one("SELECT birth_date FROM patient") == "19700131");
    BOOST_TEST(server.post("", bundle("transaction", one("PUT", by, patient_of()))).status == 400);
}

STORE_TEST_CASE(updates_by_one_number_at_once_make_one) {
    Server server;
    constexpr std::size_t clients = 16;
    std::vector<int> status(clients);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < clients; ++i)
        threads.emplace_back([&, i] {
            status[i] =
                server.send("PUT", "Patient?identifier=http://hospital.example/patients|4711", patient_of()).status;
        });
    for (auto& thread : threads) thread.join();
    BOOST_TEST(std::count(status.begin(), status.end(), 201) == 1);
    BOOST_TEST(std::count(status.begin(), status.end(), 200) == static_cast<std::ptrdiff_t>(clients - 1));
    BOOST_TEST(server.site.one("SELECT count(*) FROM patient") == "1");
}

BOOST_AUTO_TEST_SUITE_END()
