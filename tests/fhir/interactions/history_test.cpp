// Histories as over HTTP, on a store whose records change: every version is read again as it was read while it was the
// current one.
#include <map>
#include <set>

#include "engine/json/value.hpp"
#include "fhir/interactions/api.hpp"
#include "fhir/interactions/history_api.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/validation.hpp"
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
    void restart() {
        site.reopen();
        start();
    }
    Site site;
    std::string scopes = "system/*.rs";
    std::int64_t patient = 0;

    net::HttpResponse get(const std::string& path, const std::string& prefer = {}) {
        net::HttpRequest request;
        const auto mark = path.find('?');
        request.path = "/fhir/" + path.substr(0, mark);
        for (auto at = mark; at != std::string::npos;) {
            const auto end = path.find('&', at + 1);
            const auto pair = path.substr(at + 1, end == std::string::npos ? end : end - at - 1);
            const auto equals = std::min(pair.find('='), pair.size());
            request.query.emplace_back(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())));
            at = end;
        }
        request.headers.add("Host", "h");
        if (!prefer.empty()) request.headers.add("Prefer", prefer);
        return router_.answer(request);
    }

    // "PUT Patient/1 v" of each entry, with the version that stands in its etag.
    std::vector<std::string> entries(const std::string& path) { return entries_in(answered(path)); }
    std::string answered(const std::string& path) {
        auto response = get(path);
        BOOST_REQUIRE_MESSAGE(response.status == 200, path << ": " << response.body);
        const auto read = r4::read_json(response.body);
        BOOST_REQUIRE(read.ok());
        for (const auto& issue : r4::validate(*read.resource)) BOOST_TEST(issue.diagnostics == "", issue.expression);
        return std::move(response.body);
    }
    static std::vector<std::string> entries_in(const std::string& body) {
        const auto bundle = json::parse(body);
        BOOST_TEST(bundle->find("type")->string() == "history");
        std::vector<std::string> out;
        if (const auto* list = bundle->find("entry"))
            for (const auto& entry : list->items()) {
                const auto url = entry.find("fullUrl")->string();
                const auto etag = entry.find("response")->find("etag")->string();
                out.push_back(entry.find("request")->find("method")->string() + " " +
                              url.substr(url.find("/fhir/") + 6) + " " + etag.substr(3, etag.size() - 4));
            }
        return out;
    }
    // Along the next links, `each` between the pages.
    std::vector<std::string> walk(
        std::string path, const std::function<void()>& each = [] {}) {
        std::vector<std::string> out;
        while (!path.empty()) {
            const auto body = answered(path);
            const auto some = entries_in(body);
            out.insert(out.end(), some.begin(), some.end());
            path.clear();
            const auto bundle = json::parse(body);
            for (const auto& link : bundle->find("link")->items())
                if (link.find("relation")->string() == "next") path = link.find("url")->string();
            path.erase(0, std::min(path.size(), path.find("/fhir/") + 6));
            each();
        }
        return out;
    }

  private:
    void start() {
        projection_.zone = &utc;
        const auto access = [this](const net::HttpRequest&) -> Result<Grant> {
            if (scopes.empty()) return Error{ErrorCode::access_no_token, {}, {}};
            return Grant{scopes_of(scopes).value(), patient};
        };
        api_ = std::make_unique<FhirApi>(
            FhirApi::Parts{site->search(), site->records(), projection_, utc, site.clock, access, {}, {}});
        history_ = std::make_unique<HistoryApi>(
            HistoryApi::Parts{site->search(), site->changes(), projection_, utc, access, {}});
        router_ = {};
        api_->add_to(router_);
        history_->add_to(router_);
    }

    ProjectionContext projection_;
    std::unique_ptr<FhirApi> api_;
    std::unique_ptr<HistoryApi> history_;
    net::HttpRouter router_;
};

store::Unit named(const std::string& control_id, const std::string& number, const std::string& name) {
    effects::Effects adt;
    adt.patient = patient(number, name);
    return unit(control_id, adt);
}

store::Unit result(const std::string& control_id, const std::string& text, const std::string& time,
                   effects::ResultStatus status = effects::ResultStatus::final) {
    effects::Effects out;
    out.patient = patient("100001");
    auto& report = out.reports.emplace_back();
    report.place = "OBR[1]";
    report.imaging = true;
    report.status = status;
    report.event_time = time;
    auto& order = report.orders.emplace_back();
    order.place = "OBR[1]";
    order.placer = {"P1", "HIS"};
    order.action = effects::OrderAction::note;
    order.fields.set(effects::OrderField::procedure_code, "CHEST", "OBR-4");
    report.fields.set(effects::ReportField::report_date, time, "OBR-22");
    auto& line = report.lines.emplace_back();
    line.code = "CHEST&IMP";
    line.set_id = "1";
    line.section = effects::ReportField::impression;
    line.section_said = true;
    line.text = text;
    return unit(control_id, out);
}

// What each version said while it was the current one: "Patient/1/_history/7" → its JSON.
class Witness {
  public:
    explicit Witness(Server& server) : server_(server) {}
    void look() {
        for (const auto* type :
             {"Patient", "ServiceRequest", "ImagingStudy", "Task", "Appointment", "DiagnosticReport"}) {
            const auto found = json::parse(server_.get(std::string(type) + "?_count=1000").body);
            const auto* entries = found->find("entry");
            for (const auto& entry : entries ? entries->items() : std::vector<json::Value>())
                see(std::string(type) + "/" + entry.find("resource")->find("id")->string());
        }
    }
    void see(const std::string& place) {
        const auto response = server_.get(place);
        BOOST_REQUIRE_MESSAGE(response.status == 200, place);
        const auto resource = json::parse(response.body);
        seen_[place + "/_history/" + resource->find("meta")->find("versionId")->string()] = response.body;
    }
    void compare() {
        for (const auto& [place, body] : seen_) {
            const auto again = server_.get(place);
            BOOST_TEST(again.status == 200, place << ": " << again.body);
            BOOST_TEST(again.body == body, place);
        }
    }
    std::size_t size() const { return seen_.size(); }

  private:
    Server& server_;
    std::map<std::string, std::string> seen_;
};

std::string first_of(Server& server, const std::string& type) {
    const auto found = json::parse(server.get(type + "?_count=1").body);
    return type + "/" + found->find("entry")->items().front().find("resource")->find("id")->string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fhir_histories)

STORE_TEST_CASE(every_version_is_read_again_as_it_was) {
    Server server;
    Witness witness(server);
    const auto commit = [&](store::Unit one) {
        const auto done = server.site.commit(std::move(one));
        BOOST_REQUIRE_MESSAGE(done.durable && !done.outcome.error, outcome(done));
        server.site.clock.set({server.site.clock.now().micros + 60'000'000});
        witness.look();
    };
    commit(order("1"));
    commit(named("2", "100001", "SMITH^JOHN^A"));
    commit(order("3", {.placer = "P2", .patient = "100002", .accession = "A2", .name = "SMYTHE^JOAN"}));
    commit(result("4", "Nothing.", "20261123100000", effects::ResultStatus::preliminary));
    commit(result("5", "Nothing at all.", "20261123110000"));
    commit(
        order("6", {.time = "1000", .event_time = "20261123090000", .action = effects::OrderAction::create_or_update}));
    commit(order(
        "7", {.date = "20261124", .event_time = "20261123093000", .action = effects::OrderAction::create_or_update}));
    commit(unit("8", merge("100002", "100001")));
    commit(result("9", "Something.", "20261123120000", effects::ResultStatus::corrected));
    commit(order("10", {.event_time = "20261123130000", .action = effects::OrderAction::cancel}));
    commit(result("11", "", "20261123140000", effects::ResultStatus::cancelled));
    BOOST_TEST(witness.size() > 25u);
    witness.compare();
    server.restart();
    witness.compare();
}

STORE_TEST_CASE(the_history_of_a_resource_names_what_made_each_version) {
    Server server;
    std::vector<std::string> versions;
    for (const auto* name : {"A", "A^B", "A^B^C"}) {
        versions.insert(versions.begin(),
                        std::to_string(server.site.commit(named(name, "100001", name)).outcome.message));
        server.site.clock.set({server.site.clock.now().micros + 60'000'000});
    }
    const auto id = first_of(server, "Patient");
    const std::vector<std::string> newest{"PUT " + id + " " + versions[0], "PUT " + id + " " + versions[1],
                                          "POST " + id + " " + versions[2]};
    BOOST_TEST(server.entries(id + "/_history") == newest, boost::test_tools::per_element());
    const std::vector<std::string> oldest(newest.rbegin(), newest.rend());
    BOOST_TEST(server.entries(id + "/_history?_sort=_lastUpdated") == oldest, boost::test_tools::per_element());
    BOOST_TEST(server.entries("Patient/_history") == newest, boost::test_tools::per_element());
    BOOST_TEST(server.entries("_history?_sort=_lastUpdated") == oldest, boost::test_tools::per_element());
    // The second came at 09:01:00Z and the third at 09:02:00Z.
    for (const auto& place : {id + "/_history", std::string("Patient/_history"), std::string("_history")}) {
        BOOST_TEST(server.entries(place + "?_since=2026-11-23T09:01:00Z").size() == 2u, place);
        BOOST_TEST(server.entries(place + "?_since=2026-11-23T09:03:00Z").empty(), place);
        BOOST_TEST(server.entries(place + "?_at=2026-11-23T09:01:30Z") == std::vector{newest[1]}, place);
        BOOST_TEST(server.entries(place + "?_at=2026-11-23").size() == 3u, place);
        BOOST_TEST(server.entries(place + "?_at=2026-11-24") == std::vector{newest[0]}, place);
        BOOST_TEST(server.entries(place + "?_at=2026-11-22").empty(), place);
    }
}

STORE_TEST_CASE(a_walk_meets_each_version_once_whatever_happens_meanwhile) {
    Server server;
    for (int i = 0; i < 12; ++i) {
        const auto number = std::to_string(i % 3 + 1);
        server.site.commit(order("o" + std::to_string(i), {.placer = "P" + number,
                                                           .patient = "10000" + number,
                                                           .accession = "A" + number,
                                                           .time = i < 10 ? "090" + std::to_string(i) : "1000",
                                                           .event_time = "202611230800" + std::to_string(10 + i),
                                                           .action = effects::OrderAction::create_or_update}));
    }
    const auto request = first_of(server, "ServiceRequest");
    for (const auto& place : {request + "/_history", std::string("ServiceRequest/_history"), std::string("_history")}) {
        for (const auto* count : {"1", "5"}) {
            const auto all = server.entries(place + "?_count=1000");
            BOOST_TEST(all.size() > 3u, place);
            BOOST_TEST((std::set<std::string>(all.begin(), all.end()).size() == all.size()), place);
            bool changed = false;
            const auto walked = server.walk(place + "?_count=" + count, [&] {
                if (std::exchange(changed, true)) return;
                server.site.commit(named(place + count, "100001", "NEW^" + std::to_string(place.size()) + count));
                server.restart();
            });
            BOOST_TEST(walked == all, boost::test_tools::per_element());
        }
        const auto oldest = server.walk(place + "?_sort=_lastUpdated&_count=2");
        const auto whole = server.entries(place + "?_sort=_lastUpdated&_count=1000");
        BOOST_TEST(oldest == whole, boost::test_tools::per_element());
    }
}

// The log is read a hundred changes at a time; a page that is not full has no page behind it.
STORE_TEST_CASE(many_changes_are_each_told_once) {
    Server server;
    std::vector<store::Unit> many;
    for (int n = 0; n < 150; ++n)
        many.push_back(named("M" + std::to_string(n), "N" + std::to_string(n), "NAME^" + std::to_string(n)));
    server.site.commit(std::move(many));
    const auto whole = server.answered("Patient/_history?_count=1000");
    const auto all = Server::entries_in(whole);
    BOOST_TEST(all.size() == 150u);
    BOOST_TEST(std::set<std::string>(all.begin(), all.end()).size() == 150u);
    BOOST_TEST(whole.find("\"next\"") == std::string::npos);
    BOOST_TEST(server.walk("Patient/_history?_count=70") == all, boost::test_tools::per_element());
    BOOST_TEST(server.walk("Patient/_history?_count=100") == all, boost::test_tools::per_element());
}

STORE_TEST_CASE(what_retention_has_removed_is_gone_and_the_rest_is_there) {
    Server server;
    std::vector<std::string> versions;
    for (const auto* name : {"A", "A^B", "A^B^C"})
        versions.push_back(std::to_string(server.site.commit(named(name, "100001", name)).outcome.message));
    server.site.run("DELETE FROM change_log WHERE id = " + versions[1]);
    const auto id = first_of(server, "Patient");
    BOOST_TEST(server.get(id + "/_history/" + versions[2]).status == 200);
    BOOST_TEST(server.get(id + "/_history/" + versions[1]).status == 200);  // what the third found
    BOOST_TEST(server.get(id + "/_history/" + versions[0]).status == 410);
    BOOST_TEST(server.entries(id + "/_history").size() == 2u);
}

STORE_TEST_CASE(whoever_sees_one_patient_sees_its_versions_only) {
    Server server;
    server.site.commit(order("1"));
    server.site.commit(order("2", {.placer = "P2", .patient = "100002", .accession = "A2", .name = "OTHER^ONE"}));
    const auto all = server.entries("Patient/_history?_sort=_lastUpdated");
    const auto whole = server.entries("_history").size();
    const auto mine = all[0].substr(5, all[0].rfind(' ') - 5), other = all[1].substr(5, all[1].rfind(' ') - 5);
    const auto request = server.entries("ServiceRequest/_history");
    server.site.commit(unit("3", merge("100002", "100001")));
    server.scopes = "patient/*.rs";
    server.patient = std::stoll(mine.substr(8));
    BOOST_TEST(server.get(mine + "/_history").status == 200);
    BOOST_TEST(server.get(other + "/_history").status == 404);
    BOOST_TEST(server.entries("Patient/_history").size() == 1u);
    BOOST_TEST(server.entries("_history").size() < whole + 3);
    // The order that the merge moved is this patient's now; that it was another's is not told.
    const auto moved = request[0].substr(5, request[0].rfind(' ') - 5);
    const auto version = request[0].substr(request[0].rfind(' ') + 1);
    BOOST_TEST(server.entries(moved + "/_history").size() == 1u);
    BOOST_TEST(server.get(moved + "/_history/" + version).status == 404);
    server.scopes = "system/ServiceRequest.rs";
    BOOST_TEST(server.get("Patient/_history").status == 403);
    BOOST_TEST(server.get(mine + "/_history").status == 403);
    for (const auto& entry : server.entries("_history"))
        BOOST_TEST(entry.find(" ServiceRequest/") != std::string::npos, entry);
    server.scopes = "system/Provenance.rs";
    BOOST_TEST(server.get("_history").status == 403);
    server.scopes.clear();
    BOOST_TEST(server.get("_history").status == 401);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_answered_is_said_in_an_outcome) {
    Server server;
    server.site.commit(order("1"));
    const auto id = first_of(server, "Patient");
    const struct {
        std::string path;
        int status;
    } rows[] = {{"Patient/77/_history", 404},
                {"Patient/77/_history/1", 404},
                {id + "/_history/1", 404},
                {id + "/_history/x", 404},
                {"Nothing/_history", 404},
                {"Nothing/1/_history", 404},
                {"Binary/1/_history", 404},
                {"Observation/1-9/_history", 404},
                {"Practitioner/_history", 405},
                {id + "/_history?_count=0", 400},
                {id + "/_history?_count=x", 400},
                {id + "/_history?_since=2026", 400},
                {id + "/_history?_at=yesterday", 400},
                {id + "/_history?_sort=name", 400},
                {id + "/_history?_cout=1", 400},
                {id + "/_history?_count=1&_count=2", 400},
                {id + "/_history?_cursor=00", 400},
                {"_history?_cursor=zz", 400},
                {"Patient/_history?name=x", 400}};
    for (const auto& row : rows) {
        const auto response = server.get(row.path);
        BOOST_TEST(response.status == row.status, row.path);
        BOOST_TEST(response.body.find("OperationOutcome") != std::string::npos, row.path);
    }
    BOOST_TEST(server.get(id + "/_history?_cout=1", "handling=lenient").status == 200);
    BOOST_TEST(server.get(id + "/_history?_cursor=00", "handling=lenient").status == 400);
    BOOST_TEST(server.get(id + "/_history?_summary=true").body.find("SUBSETTED") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_history_is_given_as_xml) {
    Server server;
    server.site.commit(order("1"));
    const auto response = server.get("_history?_format=xml");
    const auto read = r4::read_xml(response.body);
    BOOST_REQUIRE_MESSAGE(read.ok(), response.body);
    BOOST_TEST(r4::acceptable(r4::validate(*read.resource)));
}

BOOST_AUTO_TEST_SUITE_END()
