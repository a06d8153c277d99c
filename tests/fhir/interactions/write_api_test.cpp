// Writing over FHIR as over HTTP, into a store.
#include "fhir/json/validation.hpp"
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
    // Any version will do, as long as there is one (RFC 9110 13.1.1).
    BOOST_TEST(server.send("PUT", "Patient/" + id, changed, {{"If-Match", "*"}}).status == 200);
    BOOST_TEST(server.send("PUT", "Patient/1", patient_of(R"("id": "1", )"), {{"If-Match", "*"}}).status == 404);
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

// A patient inside an order is known by what the record holds of it.
STORE_TEST_CASE(what_is_not_kept_reaches_the_sender) {
    Server server;
    auto inside = patient_of(R"("id": "p", "maritalStatus": {"text": "married"}, )");
    auto with = request("PL-1", R"("contained": [)" + inside + "], ");
    with.replace(with.find(R"({"identifier": )" + mrn), mrn.size() + 16, R"({"reference": "#p"})");
    const auto made = server.post("ServiceRequest", with);
    BOOST_REQUIRE_MESSAGE(made.status == 201, made.body);
    BOOST_TEST(header(made, "Warning") == "199 gantry \"Patient.maritalStatus is not kept\"");
    const auto outcome = server.post("ServiceRequest", with, {{"Prefer", "return=OperationOutcome"}});
    BOOST_TEST(outcome.status == 200);
    BOOST_TEST(outcome.body.find("Patient.maritalStatus is not kept") != std::string::npos);
    const auto minimal = server.post("ServiceRequest", with, {{"Prefer", "return=minimal"}});
    BOOST_TEST(minimal.body.empty());
    BOOST_TEST(!header(minimal, "Location").empty());
}

std::string with_id(std::string resource, const std::string& id) {
    return resource.insert(1, R"("id": ")" + id + R"(", )");
}

// Everything that was posted comes back, on both databases; the same again is no new version, other words are one.
STORE_TEST_CASE(what_was_posted_is_kept) {
    Server server;
    const auto married =
        patient_of(R"("maritalStatus": {"text": "married"}, "extension": [{"url": "http://x/y", "valueDecimal": 1.50}],
        "photo": [{"contentType": "image/png", "data": "AAAA"}], )");
    const auto made = server.post("Patient", married);
    BOOST_REQUIRE_MESSAGE(made.status == 201, made.body);
    BOOST_TEST(header(made, "Warning").empty());
    for (const auto* part : {"married", "AAAA", "1.50", "http://x/y"})
        BOOST_TEST(made.body.find(part) != std::string::npos, part);
    BOOST_TEST(header(server.post("Patient", married), "ETag") == header(made, "ETag"));
    const auto id = text_in(made.body, "id");
    const auto divorced = patient_of(R"("maritalStatus": {"text": "divorced"}, )");
    const auto put = server.send("PUT", "Patient/" + id, with_id(divorced, id));
    BOOST_REQUIRE_MESSAGE(put.status == 200, put.body);
    BOOST_TEST(header(put, "ETag") != header(made, "ETag"));
    BOOST_TEST(put.body.find("divorced") != std::string::npos);
    // A PUT replaces the document whole.
    BOOST_TEST(put.body.find("AAAA") == std::string::npos);
    // Both are there: the change names the one before.
    BOOST_TEST(server.site.one(R"(SELECT count(*) FROM "posted_resource")") == "2");
}

// What HL7 says later wins the element that shows it, and no other.
STORE_TEST_CASE(hl7_wins_what_it_says_later) {
    Server server;
    const auto posted = patient_of(R"("maritalStatus": {"text": "married"}, "birthDate": "1970-01-31",
        "telecom": [{"system": "phone", "value": "123", "use": "home"}], )");
    const auto made = server.post("Patient", posted);
    BOOST_REQUIRE_EQUAL(made.status, 201);
    effects::Effects adt;
    adt.patient.emplace();
    adt.patient->from_adt = true;
    adt.patient->identifiers = {{"4711", "CITY", {}}};
    adt.patient->fields.set(effects::PatientField::birth_date, "19700201", "PID-7");
    auto unit = store::testing::unit({}, adt, "MSH");
    static const effects::OrderPolicy policy;
    unit.policy = &policy;
    BOOST_REQUIRE(server.site->intakes().front()->commit({&unit, 1}).front().durable);
    const auto again = server.post("Patient", posted, {{"If-None-Exist", "identifier=4711"}});
    BOOST_REQUIRE_MESSAGE(again.status == 200, again.body);
    BOOST_TEST(text_in(again.body, "birthDate") == "1970-02-01");
    BOOST_TEST(again.body.find("married") != std::string::npos);
    BOOST_TEST(again.body.find(R"("use":"home")") != std::string::npos);
}

STORE_TEST_CASE(a_refused_resource_keeps_nothing) {
    Server server;
    const auto draft = R"({"resourceType": "ServiceRequest", "status": "draft", "intent": "order",
        "identifier": [{"value": "2"}], "subject": {"identifier": )" +
                       mrn + "}}";
    BOOST_TEST(server.post("ServiceRequest", draft).status == 422);
    BOOST_TEST(server.site.one(R"(SELECT count(*) FROM "posted_resource")") == "0");
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

// An entry that reads is answered as the same client would be who asked for it alone.
STORE_TEST_CASE(a_batch_reads) {
    Server server;
    const auto made = server.post("Patient", patient_of());
    BOOST_REQUIRE_EQUAL(made.status, 201);
    const auto id = text_in(made.body, "id");
    const auto get = [](const std::string& url) {
        return R"({"request": {"method": "GET", "url": ")" + url + R"("}})";
    };
    const auto batch = R"({"resourceType": "Bundle", "type": "batch", "entry": [)" + get("Patient/" + id) + "," +
                       get("Patient?identifier=4711&_format=xml") + "," + get("/Patient/1") + "," +
                       get("http://h/fhir/Patient/" + id) + "," + get("Patient?nothing=1") + "," + get("a/b/c/d") +
                       "]}";
    const auto answer = server.post("", batch);
    BOOST_REQUIRE_MESSAGE(answer.status == 200, answer.body);
    const auto read = r4::read_json(answer.body);
    BOOST_REQUIRE(read.resource);
    std::string statuses;
    for (auto entry = (*read.resource)["entry"]; entry; entry = entry.again())
        statuses += std::string(entry["response"]["status"].value()) +
                    (entry["resource"] ? std::string(entry["resource"].type()->name()) : std::string()) + " ";
    BOOST_TEST(statuses == "200Patient 200Bundle 404 200Patient 400 404 ");
    BOOST_TEST(r4::acceptable(r4::validate(*read.resource)));
    auto many = std::string(R"({"resourceType": "Bundle", "type": "batch", "entry": [)") + get("Patient/1");
    for (int n = 0; n < 1000; ++n) many += "," + get("Patient/1");
    BOOST_TEST(server.post("", many + "]}").status == 413);
    server.scopes = "system/Patient.s";
    const auto narrow = server.post("", R"({"resourceType": "Bundle", "type": "batch", "entry": [)" +
                                            get("Patient/" + id) + "," + get("Patient?identifier=4711") + "]}");
    BOOST_TEST(narrow.body.find(R"("status":"403")") != std::string::npos);
    BOOST_TEST(narrow.body.find(R"("status":"200")") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
