// FHIR asked as over HTTP, on a store with records.
#include "fhir/interactions/api.hpp"

#include <set>

#include "engine/json/value.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/xml_reader.hpp"
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::store::testing;

namespace {

const Zone utc("UTC");

class Server {
  public:
    Server() { start(); }
    // As after a restart of the engine.
    void restart() {
        site.reopen();
        start();
    }
    Site site;
    std::string scopes = "system/*.rs";
    std::int64_t patient = 0;

    net::HttpResponse ask(net::HttpRequest request, const std::string& path) {
        const auto mark = path.find('?');
        request.path = path.substr(0, mark);
        for (std::size_t at = mark; at != std::string::npos;) {
            const auto end = path.find('&', at + 1);
            const auto pair = path.substr(at + 1, end == std::string::npos ? end : end - at - 1);
            const auto equals = pair.find('=');
            request.query.emplace_back(pair.substr(0, equals),
                                       equals == std::string::npos ? "" : pair.substr(equals + 1));
            at = end;
        }
        request.headers.add("Host", "h");
        return router_.answer(request);
    }
    net::HttpResponse get(const std::string& path) { return ask({}, "/fhir/" + path); }

    // The ids on a page, with what kind of entry each is: "match Patient/1".
    std::vector<std::string> entries(const std::string& path) {
        const auto response = get(path);
        BOOST_REQUIRE_MESSAGE(response.status == 200, response.body);
        const auto bundle = json::parse(response.body);
        BOOST_REQUIRE(bundle.ok());
        std::vector<std::string> out;
        if (const auto* list = bundle->find("entry"))
            for (const auto& entry : list->items()) {
                const auto* resource = entry.find("resource");
                const auto* id = resource->find("id");
                out.push_back(entry.find("search")->find("mode")->string() + " " +
                              resource->find("resourceType")->string() + (id ? "/" + id->string() : ""));
            }
        return out;
    }
    std::string link(const std::string& path, const std::string& relation) {
        const auto bundle = json::parse(get(path).body);
        for (const auto& link : bundle->find("link")->items())
            if (link.find("relation")->string() == relation) {
                const auto url = link.find("url")->string();
                return url.substr(url.find("/fhir/") + 6);
            }
        return {};
    }

  private:
    void start() {
        projection_.zone = &utc;
        const auto access = [this](const net::HttpRequest&) -> Result<Grant> {
            if (scopes.empty()) return Error{ErrorCode::access_no_token, {}, {}};
            return Grant{scopes_of(scopes).value(), patient};
        };
        api_ = std::make_unique<FhirApi>(FhirApi::Parts{
            site->search(), site->records(), projection_, utc, site.clock, access, {}, [](const std::string&) {
                return std::string("{\"resourceType\":\"CapabilityStatement\"}");
            }});
        router_ = {};
        api_->add_to(router_);
    }

    ProjectionContext projection_;
    std::unique_ptr<FhirApi> api_;
    net::HttpRouter router_;
};

std::string first_issue(const net::HttpResponse& response) {
    const auto outcome = json::parse(response.body);
    if (!outcome || outcome->find("resourceType")->string() != "OperationOutcome") return "no outcome";
    return outcome->find("issue")->items().front().find("code")->string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fhir_api)

STORE_TEST_CASE(an_order_is_found_and_followed) {
    Server server;
    server.site.commit(order("1", {.placer = "P1", .patient = "1", .accession = "A1"}));
    const auto found =
        server.entries("ServiceRequest?identifier=A1&_include=ServiceRequest:patient&_revinclude=Task:based-on");
    BOOST_REQUIRE(found.size() == 3u);
    BOOST_TEST(found[0].starts_with("match ServiceRequest/"));
    const auto id = found[0].substr(std::string("match ").size());
    const auto read = server.get(id);
    BOOST_TEST(read.status == 200);
    BOOST_TEST(read.body.find("\"A1\"") != std::string::npos);
    BOOST_TEST(found[1].starts_with("include Patient/"));
    BOOST_TEST(found[2].starts_with("include Task/"));
    BOOST_TEST(server.entries("ImagingStudy?identifier=A1").size() == 1u);
    BOOST_TEST(server.entries("Task?patient.identifier=1").size() == 1u);
    BOOST_TEST(server.entries("Patient?_has:ServiceRequest:patient:identifier=A1").size() == 1u);
    BOOST_TEST(server.entries("Patient?_has:ServiceRequest:patient:identifier=A2").empty());
}

STORE_TEST_CASE(every_answer_is_a_resource_that_can_be_read) {
    Server server;
    server.site.commit(order("1"));
    for (const auto* path : {"Patient", "ServiceRequest?_include=*", "Task", "Appointment", "ImagingStudy",
                             "DiagnosticReport", "Practitioner", "Nothing", "Patient/77", "Patient?nothing=1"}) {
        const auto response = server.get(path);
        const auto read = r4::read_json(response.body);
        for (const auto& issue : read.issues) BOOST_TEST(issue.diagnostics == "", path << " " << issue.expression);
        BOOST_TEST(read.resource.has_value(), path);
        net::HttpRequest xml;
        xml.headers.add("Accept", "application/fhir+xml");
        const auto other = server.ask(xml, std::string("/fhir/") + path);
        BOOST_TEST(other.status == response.status, path);
        BOOST_TEST(r4::read_xml(other.body).ok(), path << " " << other.body.substr(0, 300));
    }
}

STORE_TEST_CASE(a_walk_over_pages_sees_each_once_whatever_happens_meanwhile) {
    Server server;
    for (int i = 0; i < 7; ++i) {
        const auto n = std::to_string(i);
        server.site.commit(order("c" + n, {.placer = "P" + n, .patient = n, .accession = "A" + n}));
    }
    std::vector<std::string> walked;
    std::string page = "ServiceRequest?_count=2";
    for (int i = 0; i < 10 && !page.empty(); ++i) {
        for (const auto& entry : server.entries(page)) walked.push_back(entry);
        if (i == 1) {
            server.site.commit(order("new", {.placer = "P9", .patient = "9", .accession = "A9"}));
            server.site.commit(order("more", {.placer = "P0",
                                              .patient = "0",
                                              .accession = "A0",
                                              .event_time = "20261123100000",
                                              .action = effects::OrderAction::cancel}));
            server.restart();
        }
        page = server.link(page, "next");
    }
    BOOST_TEST(walked.size() == 8u);
    BOOST_TEST(std::set<std::string>(walked.begin(), walked.end()).size() == 8u);
}

STORE_TEST_CASE(totals_are_known_or_asked_for) {
    Server server;
    for (const auto* n : {"1", "2", "3"}) server.site.commit(order(n, {.placer = n, .patient = n, .accession = n}));
    const auto total = [&](const std::string& path) {
        const auto bundle = json::parse(server.get(path).body);
        const auto* value = bundle->find("total");
        return value ? static_cast<int>(value->number()) : -1;
    };
    BOOST_TEST(total("Patient") == 3);
    BOOST_TEST(total("Patient?_count=1") == -1);
    BOOST_TEST(total("Patient?_count=1&_total=accurate") == 3);
    BOOST_TEST(total("Patient?_summary=count") == 3);
    BOOST_TEST(total("Patient?_count=0") == 3);
    BOOST_TEST(server.entries("Patient?_summary=count").empty());
}

STORE_TEST_CASE(what_has_changed_is_found_by_its_moment) {
    Server server;
    server.site.commit(order("1"));  // on Monday, the 23rd
    for (const auto* found : {"2026-11-23", "ge2026-11-23", "le2026-11-23", "gt2026-11-22", "sa2026-11-22",
                              "lt2026-11-24", "eb2026-11-24", "ne2026-11-24", "ap2026-11-23"})
        for (const auto* type : {"Patient", "ServiceRequest", "Task"})
            BOOST_TEST(server.entries(std::string(type) + "?_lastUpdated=" + found).size() == 1u, type << " " << found);
    for (const auto* not_found :
         {"2026-11-22", "ne2026-11-23", "gt2026-11-23", "lt2026-11-23", "ge2026-11-24", "le2026-11-22", "ge9999"})
        for (const auto* type : {"Patient", "ServiceRequest", "Task"})
            BOOST_TEST(server.entries(std::string(type) + "?_lastUpdated=" + not_found).empty(),
                       type << " " << not_found);
}

STORE_TEST_CASE(a_version_that_is_known_is_not_sent) {
    Server server;
    server.site.commit(order("1"));
    const auto id = server.entries("Patient").front().substr(6);
    const auto read = server.get(id);
    std::string etag;
    for (const auto& [name, value] : read.headers)
        if (name == "ETag") etag = value;
    net::HttpRequest again;
    again.headers.add("If-None-Match", etag);
    const auto answer = server.ask(again, "/fhir/" + id);
    BOOST_TEST(answer.status == 304);
    BOOST_TEST(answer.body.empty());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_answered_is_said_in_an_outcome) {
    Server server;
    const struct {
        const char* path;
        int status;
        const char* code;
    } rows[] = {{"Nothing", 404, "not-supported"},
                {"Patient/77", 404, "not-found"},
                {"Patient/x", 404, "not-found"},
                {"Patient/0", 404, "not-found"},
                {"Patient/99999999999999999999", 404, "not-found"},
                {"Observation/1", 404, "not-found"},
                {"Observation/1-x", 404, "not-found"},
                {"Observation/1-1", 404, "not-found"},
                {"Observation", 404, "not-supported"},
                {"Binary/00", 404, "not-found"},
                {"Patient?familly=x", 400, "not-supported"},
                {"Patient?birthdate=yesterday", 400, "invalid"},
                {"Patient?family:exakt=x", 400, "not-supported"},
                {"Patient?_cursor=00", 400, "invalid"},
                {"Patient?_format=ttl", 406, "not-supported"}};
    for (const auto& row : rows) {
        const auto response = server.get(row.path);
        BOOST_TEST(response.status == row.status, row.path << " " << response.body);
        BOOST_TEST(first_issue(response) == row.code, row.path);
    }
}

BOOST_AUTO_TEST_CASE(whoever_is_lenient_gets_an_answer_and_is_told) {
    Server server;
    server.site.commit(order("1"));
    net::HttpRequest lenient;
    lenient.headers.add("Prefer", "handling=lenient");
    const auto response = server.ask(lenient, "/fhir/Patient?familly=x");
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body.find("\"mode\":\"outcome\"") != std::string::npos);
    BOOST_TEST(response.body.find("familly=x") == std::string::npos);  // not in the links
    lenient = {};
    lenient.headers.add("Prefer", "handling=lenient");
    BOOST_TEST(server.ask(lenient, "/fhir/Patient?_cursor=00").status == 400);
}

STORE_TEST_CASE(a_token_sees_what_its_scopes_allow) {
    Server server;
    server.site.commit(order("1", {.placer = "P1", .patient = "1", .accession = "A1"}));
    server.site.commit(order("2", {.placer = "P2", .patient = "2", .accession = "A2"}));
    const auto patients = server.entries("Patient");
    const auto orders = server.entries("ServiceRequest");
    server.scopes = "system/Patient.r";
    BOOST_TEST(server.get("Patient").status == 403);
    BOOST_TEST(first_issue(server.get("Patient")) == "forbidden");
    BOOST_TEST(server.get("ServiceRequest").status == 403);
    BOOST_TEST(server.get(patients[0].substr(6)).status == 200);
    server.scopes = "patient/*.rs";
    server.patient = std::stoll(patients[0].substr(std::string("match Patient/").size()));
    BOOST_TEST(server.entries("Patient") == std::vector<std::string>{patients[0]});
    BOOST_TEST(server.entries("ServiceRequest") == std::vector<std::string>{orders[0]});
    BOOST_TEST(server.get(orders[0].substr(6)).status == 200);
    BOOST_TEST(server.get(orders[1].substr(6)).status == 404);
    BOOST_TEST(server.entries("ServiceRequest?identifier=A2").empty());
    BOOST_TEST(server.entries("Practitioner").empty());
    server.scopes = "system/ServiceRequest.rs";
    BOOST_TEST(server.entries("ServiceRequest?_include=*").size() == 2u);  // and nothing that it may not see
    server.scopes = "";
    BOOST_TEST(server.get("Patient").status == 401);
    BOOST_TEST(server.get("metadata").status == 200);
}

STORE_TEST_CASE(a_search_may_be_a_form) {
    Server server;
    server.site.commit(order("1", {.placer = "P1", .patient = "1", .accession = "A1", .name = "O'NEIL^ZOË"}));
    net::HttpRequest form;
    form.method = "POST";
    form.headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    form.body = "family=o%27neil&given=zoe";
    const auto response = server.ask(form, "/fhir/Patient/_search?_count=5");
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body.find("\"total\":1") != std::string::npos);
    form.headers = {};
    form.headers.add("Content-Type", "application/json");
    BOOST_TEST(server.ask(form, "/fhir/Patient/_search").status == 415);
}

STORE_TEST_CASE(a_patient_is_found_by_address_and_contact) {
    Server server;
    const auto live = [&](const char* number, const char* address, const char* telecom) {
        effects::Effects what;
        what.ordering_key = number;
        what.patient = store::testing::patient(number);
        what.patient->fields.set(effects::PatientField::address, address, "PID-11");
        what.patient->fields.set(effects::PatientField::telecom, telecom, "PID-13");
        server.site.commit(unit(number, what));
    };
    live("1", "Bahnhofstraße 1, Zürich, ZH, 8001, CHE", "+41 44 555 01 01\\Anna@example.org\\desk 3");
    live("2", "12 Mill Road\nSpringfield IL 62701", "555-0100");
    live("3", "ÖREBRO", "anna@example.org.test");
    const auto numbers = [&](const std::string& query) {
        std::string out;
        for (const auto& entry : server.entries("Patient?" + query)) {
            const auto body = server.get(entry.substr(std::string("match ").size())).body;
            for (const auto* number : {"1", "2", "3"})
                if (body.find("\"value\":\"" + std::string(number) + "\"") != std::string::npos) out += number;
        }
        return out;
    };
    const struct {
        const char *query, *found;
    } rows[] = {{"address=bahnhof", "1"},
                {"address=straße 1\\, z", "1"},
                {"address=BAHNHOFSTRASSE", ""},  // nothing that it is written as
                {"address:contains=rich", "1"},
                {"address:exact=ÖREBRO", "3"},
                {"address:exact=Örebro", ""},
                {"address:missing=true", ""},
                {"address=100%", ""},
                {"address-city=zürich", "1"},
                {"address-city=ZÜRICH", "1"},
                {"address-city=rich", ""},
                {"address-city:contains=rich", "1"},
                {"address-city=örebro,springf", "23"},
                {"address-state=zh", "1"},
                {"address-state=il", "2"},
                {"address-postalcode=8001", "1"},
                {"address-postalcode=627", "2"},
                {"address-postalcode=2701", ""},
                {"address-country=CHE", "1"},
                {"telecom=555-0100", "2"},
                {"telecom=phone|555-0100", "2"},
                {"telecom=email|555-0100", ""},
                {"telecom=desk 3", "1"},
                {"telecom=other|desk 3", "1"},
                {"telecom=anna@EXAMPLE.org", "1"},
                {"telecom=|555-0100", ""},
                {"phone=555-0100", "2"},
                {"phone=555-010", ""},
                {"phone=+41 44 555 01 01", "1"},
                {"phone=desk 3", ""},
                {"phone=anna@example.org", ""},
                {"phone:not=555-0100", "13"},
                {"email=anna@example.org", "1"},
                {"email=anna@example.org.test", "3"},
                {"email=ANNA@example.ORG.test", "3"},
                {"address-city=öRE", "3"},
                {"email=email|", "13"},
                {"email:missing=true", "2"},
                {"phone=email|", ""}};
    for (const auto& row : rows) BOOST_TEST(numbers(row.query) == row.found, row.query);
    BOOST_TEST(server.get("Patient?phone=phone|").status == 400);  // which contacts are telephones no row says
    BOOST_TEST(server.get("Patient?phone:missing=true").status == 400);
    BOOST_TEST(server.get("Patient?address-use=home").status == 400);
}

STORE_TEST_CASE(a_practitioner_is_found_by_name) {
    Server server;
    auto what = effects_of({});
    what.orders.front().fields.set(effects::OrderField::requesting_physician, "McOrder^Olga Rosa^Zoë^Dr=織田^花",
                                   "OBR-16");
    what.orders.front().fields.set(effects::OrderField::requesting_physician_id, "D1", "OBR-16");
    server.site.commit(unit("1", what));
    for (const auto* found : {"name=mcorder", "name=rosa", "name=zoë", "name=dr", "name=織", "name:missing=false",
                              "family=MCORD", "family=織田", "given=olga", "given=ZOË", "given=花"})
        BOOST_TEST(server.entries("Practitioner?" + std::string(found)).size() == 1u, found);
    for (const auto* not_found : {"name=order", "name=^", "name:missing=true", "family=olga", "family=order",
                                  "given=mcorder", "given=rosa", "family=mcorder=", "given=%"})
        BOOST_TEST(server.entries("Practitioner?" + std::string(not_found)).empty(), not_found);
    BOOST_TEST(server.entries("ServiceRequest?requester.family=mcorder").size() == 1u);
}

STORE_TEST_CASE(parts_of_resources_are_given_when_asked_for) {
    Server server;
    server.site.commit(order("1"));
    const auto some = server.get("ServiceRequest?_elements=status");
    BOOST_TEST(some.body.find("SUBSETTED") != std::string::npos);
    BOOST_TEST(some.body.find("\"status\"") != std::string::npos);
    BOOST_TEST(some.body.find("\"identifier\":[{\"type\"") == std::string::npos);
    BOOST_TEST(server.get("ServiceRequest?_summary=true").body.find("SUBSETTED") != std::string::npos);
    BOOST_TEST(server.get("Patient?_summary=perhaps").status == 400);
}

BOOST_AUTO_TEST_SUITE_END()
