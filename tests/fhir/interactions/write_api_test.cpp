// Writing over FHIR as over HTTP, into a store.
#include "fhir/interactions/write_api.hpp"

#include <array>
#include <atomic>
#include <mutex>
#include <thread>

#include "engine/json/value.hpp"
#include "fhir/interactions/stored_records.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/xml_reader.hpp"
#include "fhir/mapping/resource_effects.hpp"
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
        projection_.systems.map("CITY", "http://hospital.example/patients");
        api_.add_to(router_);
    }
    Site site;
    std::string scopes = "system/*.cruds";

    using Headers = std::vector<std::pair<std::string, std::string>>;
    net::HttpResponse send(const std::string& method, const std::string& path, const std::string& body,
                           const Headers& headers = {}) {
        net::HttpRequest request;
        request.method = method;
        request.path = path.empty() ? "/fhir" : "/fhir/" + path;
        request.body = body;
        request.headers.add("Host", "h");
        bool typed = false;
        for (const auto& [name, value] : headers) {
            typed = typed || name == "Content-Type";
            request.headers.add(name, value);
        }
        if (!typed) request.headers.add("Content-Type", "application/fhir+json");
        return router_.answer(request);
    }
    net::HttpResponse post(const std::string& path, const std::string& body, const Headers& headers = {}) {
        return send("POST", path, body, headers);
    }

  private:
    // As a channel does it: on PostgreSQL several committers at once.
    Result<effects::UnitOutcome> write(WriteRequest request) {
        static const effects::OrderPolicy policy;
        const auto read = request.format == Format::xml ? r4::read_xml(request.bytes) : r4::read_json(request.bytes);
        StoredRecords known(site->search(), site->records());
        const ResourceContext with{projection_.systems,
                                   known,
                                   &utc,
                                   "http://h/fhir",
                                   [](std::string_view) { return std::string("CT"); },
                                   [](std::string_view) { return std::string("CT_ANY\\*"); },
                                   {}};
        auto unit =
            store::testing::unit({}, effects_of(*read.resource, request.own, site.clock.now(), with), request.bytes);
        unit.policy = &policy;
        unit.effects.unless_known = request.unless_known;
        unit.effects.only_version = request.only_version;
        const auto intakes = site->intakes();
        const auto mine = next_++ % intakes.size();
        const std::lock_guard lock(busy_[mine % busy_.size()]);
        auto committed = intakes[mine]->commit({&unit, 1});
        if (!committed.front().durable) return *committed.front().outcome.error;
        return committed.front().outcome;
    }

    std::atomic<std::size_t> next_{0};
    std::array<std::mutex, 16> busy_;
    ProjectionContext projection_;
    WriteApi api_{{site->search(),
                   projection_,
                   [this](const net::HttpRequest&) -> Result<Grant> {
                       if (scopes.empty()) return Error{ErrorCode::access_no_token, {}, {}};
                       return Grant{scopes_of(scopes).value(), 0};
                   },
                   {},
                   [this](WriteRequest request) { return write(std::move(request)); }}};
    net::HttpRouter router_;
};

std::string header(const net::HttpResponse& response, const std::string& name) {
    for (const auto& [known, value] : response.headers)
        if (known == name) return value;
    return {};
}

std::string text_in(const std::string& body, const std::string& member) {
    const auto read = json::parse(body);
    BOOST_REQUIRE_MESSAGE(read.ok(), body);
    const auto* value = read->find(member);
    return value ? value->string() : std::string();
}

std::string issue_code(const net::HttpResponse& response) {
    const auto read = json::parse(response.body);
    BOOST_REQUIRE_MESSAGE(read.ok() && read->find("issue"), response.body);
    return read->find("issue")->items().front().find("code")->string();
}

const std::string mrn = R"({"system": "http://hospital.example/patients", "value": "4711"})";
std::string patient_of(const std::string& more = {}) {
    return R"({"resourceType": "Patient", )" + more + R"("identifier": [)" + mrn +
           R"(], "name": [{"family": "Muster", "given": ["Anna"]}], "gender": "female"})";
}
std::string request(const std::string& number, const std::string& more = {}) {
    return R"({"resourceType": "ServiceRequest", )" + more + R"("status": "active", "intent": "order",
        "identifier": [{"system": "urn:oid:1.2.3", "value": ")" +
           number + R"("}], "code": {"text": "CT"}, "subject": {"identifier": )" + mrn + "}}";
}
std::string entry(const std::string& url, const std::string& type, const std::string& resource) {
    return R"({"fullUrl": ")" + url + R"(", "resource": )" + resource + R"(, "request": {"method": "POST", "url": ")" +
           type + R"("}})";
}
std::string bundle(const std::string& type, const std::string& entries) {
    return R"({"resourceType": "Bundle", "type": ")" + type + R"(", "entry": [)" + entries + "]}";
}

}  // namespace

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

BOOST_AUTO_TEST_SUITE_END()
