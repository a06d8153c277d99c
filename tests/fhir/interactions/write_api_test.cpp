// Writing over FHIR as over HTTP, into a store.
#include "writing_server.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;
using namespace gantry::store::testing;

BOOST_AUTO_TEST_SUITE(fhir_writing)

STORE_TEST_CASE(a_patient_is_made_and_found_again) {
    Server server;
    const auto made = server.post("Patient", patient_of());
    BOOST_REQUIRE_MESSAGE(made.status == 201, made.body);
    const auto id = text_in(made.body, "id");
    BOOST_TEST(header(made, "Location").starts_with("http://h/fhir/Patient/" + id + "/_history/"));
    BOOST_TEST(header(made, "ETag").starts_with("W/\""));
    BOOST_TEST(!header(made, "Last-Modified").empty());
    const auto again = server.post("Patient", patient_of());
    BOOST_TEST(again.status == 200);
    BOOST_TEST(text_in(again.body, "id") == id);
    BOOST_TEST(server.site.one(R"(SELECT count(*) FROM "patient")") == "1");
}

STORE_TEST_CASE(an_update_needs_the_version_it_was_made_from) {
    Server server;
    const auto made = server.post("Patient", patient_of());
    BOOST_REQUIRE_EQUAL(made.status, 201);
    const auto id = text_in(made.body, "id"), etag = header(made, "ETag");
    auto changed = patient_of(R"("id": ")" + id + R"(", "birthDate": "1970-01-31", )");
    const auto updated = server.send("PUT", "Patient/" + id, changed, {{"If-Match", etag}});
    BOOST_REQUIRE_MESSAGE(updated.status == 200, updated.body);
    BOOST_TEST(text_in(updated.body, "birthDate") == "1970-01-31");
    BOOST_TEST(header(updated, "ETag") != etag);
    const auto late = server.send("PUT", "Patient/" + id, changed, {{"If-Match", etag}});
    BOOST_TEST(late.status == 412);
    BOOST_TEST(server.send("PUT", "Patient/1", patient_of(R"("id": "1", )")).status == 404);
    BOOST_TEST(server.send("PUT", "Patient/" + id, patient_of(R"("id": "1", )")).status == 400);
}

STORE_TEST_CASE(what_is_wrong_is_said_and_nothing_is_written) {
    Server server;
    BOOST_TEST(server.post("Patient", "{").status == 400);
    BOOST_TEST(server.post("Patient", R"({"resourceType": "Patient", "gender": "x"})").status == 422);
    BOOST_TEST(server.post("Patient", request("1")).status == 400);
    BOOST_TEST(server.post("Observation", R"({"resourceType": "Observation"})").status == 404);
    BOOST_TEST(server.post("Patient", patient_of(), {{"Content-Type", "text/plain"}}).status == 415);
    BOOST_TEST(server
                   .post("ServiceRequest", R"({"resourceType": "ServiceRequest", "status": "draft", "intent": "order",
        "subject": {"identifier": )" + mrn + "}}")
                   .status == 422);
    const auto nobody = server.post("ServiceRequest", R"({"resourceType": "ServiceRequest", "status": "active",
        "intent": "order", "identifier": [{"value": "1"}], "subject": {"reference": "Patient/99"}})");
    BOOST_TEST(nobody.status == 409);
    BOOST_TEST(issue_code(nobody) == "not-found");
    server.scopes = "system/*.rs";
    BOOST_TEST(server.post("Patient", patient_of()).status == 403);
    server.scopes = "";
    BOOST_TEST(server.post("Patient", patient_of()).status == 401);
    BOOST_TEST(server.site.one(R"(SELECT count(*) FROM "patient")") == "0");
    BOOST_TEST(server.site.one(R"(SELECT count(*) FROM "imaging_study")") == "0");
}

STORE_TEST_CASE(what_is_not_kept_reaches_the_sender) {
    Server server;
    const auto with = patient_of(R"("maritalStatus": {"text": "married"}, )");
    const auto made = server.post("Patient", with);
    BOOST_REQUIRE_EQUAL(made.status, 201);
    BOOST_TEST(header(made, "Warning") == "199 gantry \"Patient.maritalStatus is not kept\"");
    const auto outcome = server.post("Patient", with, {{"Prefer", "return=OperationOutcome"}});
    BOOST_TEST(outcome.status == 200);
    BOOST_TEST(outcome.body.find("Patient.maritalStatus is not kept") != std::string::npos);
    const auto minimal = server.post("Patient", with, {{"Prefer", "return=minimal"}});
    BOOST_TEST(minimal.body.empty());
    BOOST_TEST(!header(minimal, "Location").empty());
}

STORE_TEST_CASE(a_transaction_is_done_as_a_whole) {
    Server server;
    const std::string one = "urn:uuid:00000000-0000-4000-8000-000000000001";
    const std::string two = "urn:uuid:00000000-0000-4000-8000-000000000002";
    auto order = request("PL-1");
    order.replace(order.find(R"({"identifier": )" + mrn), mrn.size() + 16, R"({"reference": ")" + one + R"("})");
    const auto entries = entry(one, "Patient", patient_of()) + "," + entry(two, "ServiceRequest", order);
    const auto done = server.post("", bundle("transaction", entries));
    BOOST_REQUIRE_MESSAGE(done.status == 200, done.body);
    const auto read = json::parse(done.body);
    const auto& answers = read->find("entry")->items();
    BOOST_REQUIRE_EQUAL(answers.size(), 2u);
    BOOST_TEST(answers[0].find("response")->find("status")->string() == "201");
    BOOST_TEST(answers[1].find("response")->find("location")->string().starts_with("http://h/fhir/ServiceRequest/"));
    const auto draft = R"({"resourceType": "ServiceRequest", "status": "draft", "intent": "order",
        "identifier": [{"value": "2"}], "subject": {"identifier": )" +
                       mrn + "}}";
    const auto wrong = entry(one, "ServiceRequest", request("PL-2")) + "," + entry(two, "ServiceRequest", draft);
    BOOST_TEST(server.post("", bundle("transaction", wrong)).status == 422);
    BOOST_TEST(server.site.one(R"(SELECT count(*) FROM "imaging_study")") == "1");
    // Of a batch each entry is by itself.
    const auto batch = server.post("", bundle("batch", wrong));
    BOOST_TEST(batch.status == 200);
    BOOST_TEST(batch.body.find(R"("status":"201")") != std::string::npos);
    BOOST_TEST(batch.body.find(R"("status":"422")") != std::string::npos);
    BOOST_TEST(server.site.one(R"(SELECT count(*) FROM "imaging_study")") == "2");
}

// 64 clients with one condition: one of them makes it.
void check_conditional_create(Server& server, const std::string& type, const std::string& resource,
                              const std::string& condition) {
    constexpr int clients = 64;
    std::array<int, clients> status{};
    std::array<std::string, clients> ids;
    {
        std::vector<std::jthread> all;
        for (int i = 0; i < clients; ++i)
            all.emplace_back([&, i] {
                const auto answer = server.post(type, resource, {{"If-None-Exist", condition}});
                status[i] = answer.status;
                ids[i] = answer.body;
            });
    }
    BOOST_TEST(std::count(status.begin(), status.end(), 201) == 1);
    BOOST_TEST(std::count(status.begin(), status.end(), 200) == clients - 1);
    for (const auto& body : ids) BOOST_TEST(text_in(body, "id") == text_in(ids[0], "id"));
}

STORE_TEST_CASE(of_64_clients_one_makes_it) {
    Server server;
    check_conditional_create(server, "Patient", patient_of(), "identifier=http://hospital.example/patients|4711");
    check_conditional_create(server, "ServiceRequest", request("PL-1"), "identifier=urn:oid:1.2.3|PL-1");
    BOOST_TEST(server.site.one(R"(SELECT count(*) FROM "patient")") == "1");
    BOOST_TEST(server.site.one(R"(SELECT count(*) FROM "imaging_study")") == "1");
    // It is known: what else the resource says is not taken.
    auto other = patient_of(R"("birthDate": "1999-09-09", )");
    const auto known = server.post("Patient", other,
                                   {{"If-None-Exist", "identifier=http%3A%2F%2Fhospital.example%2Fpatients%7C4711"}});
    BOOST_TEST(known.status == 200);
    BOOST_TEST(known.body.find("1999") == std::string::npos);
    BOOST_TEST(server.post("Patient", other, {{"If-None-Exist", "name=x"}}).status == 400);
    BOOST_TEST(server.post("Patient", other, {{"If-None-Exist", "identifier=somebody|else"}}).status == 400);
}

BOOST_AUTO_TEST_SUITE_END()
