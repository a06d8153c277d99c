// Writing over FHIR as over HTTP, into a store.
#pragma once
#include "fhir/interactions/api.hpp"
#include "fhir/interactions/unrouted.hpp"
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

namespace gantry::fhir::testing {

using namespace store::testing;

inline const Zone utc("UTC");

class Server {
  public:
    Server() {
        projection_.zone = &utc;
        projection_.systems.map("CITY", "http://hospital.example/patients");
        api_.add_to(router_);
        reading_api_.add_to(reading_);
        reading_.add_last(&answer_in_fhir);
    }
    Site site;
    std::string scopes = "system/*.cruds";

    using Headers = std::vector<std::pair<std::string, std::string>>;
    net::HttpResponse send(const std::string& method, const std::string& path, const std::string& body,
                           const Headers& headers = {}) {
        net::HttpRequest request;
        request.method = method;
        const auto mark = std::min(path.find('?'), path.size());
        request.path = path.empty() ? "/fhir" : "/fhir/" + path.substr(0, mark);
        if (mark < path.size()) {
            const auto equals = path.find('=', mark);
            request.query.emplace_back(path.substr(mark + 1, equals - mark - 1), path.substr(equals + 1));
        }
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
    Result<Grant> grant() const {
        if (scopes.empty()) return Error{ErrorCode::access_no_token, {}, {}};
        return Grant{scopes_of(scopes).value(), 0};
    }
    FhirApi reading_api_{{site->search(),
                          site->records(),
                          projection_,
                          utc,
                          site.clock,
                          [this](const net::HttpRequest&) { return grant(); },
                          {},
                          {}}};
    WriteApi api_{{site->search(),
                   projection_,
                   [this](const net::HttpRequest&) { return grant(); },
                   {},
                   [this](WriteRequest request) { return write(std::move(request)); },
                   utc,
                   site.clock,
                   [this](net::HttpRequest request) { return reading_.answer(request); }}};
    net::HttpRouter router_, reading_;
};

inline std::string header(const net::HttpResponse& response, const std::string& name) {
    for (const auto& [known, value] : response.headers)
        if (known == name) return value;
    return {};
}

inline std::string text_in(const std::string& body, const std::string& member) {
    const auto read = json::parse(body);
    BOOST_REQUIRE_MESSAGE(read.ok(), body);
    const auto* value = read->find(member);
    return value ? value->string() : std::string();
}

inline std::string issue_code(const net::HttpResponse& response) {
    const auto read = json::parse(response.body);
    BOOST_REQUIRE_MESSAGE(read.ok() && read->find("issue"), response.body);
    return read->find("issue")->items().front().find("code")->string();
}

inline const std::string mrn = R"({"system": "http://hospital.example/patients", "value": "4711"})";
inline std::string patient_of(const std::string& more = {}) {
    return R"({"resourceType": "Patient", )" + more + R"("identifier": [)" + mrn +
           R"(], "name": [{"family": "Muster", "given": ["Anna"]}], "gender": "female"})";
}
inline std::string request(const std::string& number, const std::string& more = {}) {
    return R"({"resourceType": "ServiceRequest", )" + more + R"("status": "active", "intent": "order",
        "identifier": [{"system": "urn:oid:1.2.3", "value": ")" +
           number + R"("}], "code": {"text": "CT"}, "subject": {"identifier": )" + mrn + "}}";
}
inline std::string entry(const std::string& url, const std::string& type, const std::string& resource) {
    return R"({"fullUrl": ")" + url + R"(", "resource": )" + resource + R"(, "request": {"method": "POST", "url": ")" +
           type + R"("}})";
}
inline std::string bundle(const std::string& type, const std::string& entries) {
    return R"({"resourceType": "Bundle", "type": ")" + type + R"(", "entry": [)" + entries + "]}";
}

}  // namespace gantry::fhir::testing
