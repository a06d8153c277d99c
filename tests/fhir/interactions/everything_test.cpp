// All there is about one patient, asked as over HTTP, on a store with records.
#include "fhir/interactions/everything.hpp"

#include <set>

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
    Server() { start(); }
    void restart() {
        site.reopen();
        start();
    }
    net::HttpResponse ask(const std::string& path, net::HttpRequest request = {}) {
        const auto mark = path.find('?');
        request.path = path.substr(0, mark);
        for (auto at = mark; at != std::string::npos;) {
            const auto end = path.find('&', at + 1);
            const auto pair = path.substr(at + 1, end == std::string::npos ? end : end - at - 1);
            request.query.emplace_back(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
            at = end;
        }
        return router_.answer(request);
    }
    std::string patient(const std::string& number) {
        const auto all = site->records().patients({}, 1000);
        for (const auto& one : *all)
            if (one.identifiers.front().value == number) return std::to_string(one.id.value);
        return {};
    }
    std::string everything(const std::string& number, const std::string& query = {}) {
        return "/fhir/Patient/" + patient(number) + "/$everything" + query;
    }
    // "Type/id" of a page; next: its link.
    std::vector<std::string> page(const std::string& path, std::string* next = nullptr) {
        const auto response = ask(path);
        BOOST_REQUIRE_MESSAGE(response.status == 200, response.body);
        BOOST_TEST(r4::read_json(response.body).ok(), response.body);
        const auto bundle = json::parse(response.body);
        std::vector<std::string> out;
        if (const auto* entries = bundle->find("entry"))
            for (const auto& entry : entries->items()) {
                const auto* resource = entry.find("resource");
                const auto* id = resource->find("id");
                out.push_back(resource->find("resourceType")->string() + (id ? "/" + id->string() : ""));
            }
        if (!next) return out;
        next->clear();
        for (const auto& link : bundle->find("link")->items())
            if (link.find("relation")->string() == "next")
                *next = link.find("url")->string().substr(std::string("http://h").size());
        return out;
    }
    std::vector<std::string> types(const std::string& path) {
        std::set<std::string> out;
        for (const auto& one : page(path)) out.insert(one.substr(0, one.find('/')));
        return {out.begin(), out.end()};
    }

    Site site;
    std::string scopes = "system/*.rs";
    std::int64_t own = 0;

  private:
    void start() {
        projection_.zone = &utc;
        api_ = std::make_unique<EverythingApi>(
            EverythingApi::Parts{site->search(), projection_, utc, site.clock,
                                 [this](const net::HttpRequest&) -> Result<Grant> {
                                     if (scopes.empty()) return Error{ErrorCode::access_no_token, {}, {}};
                                     return Grant{scopes_of(scopes).value(), own};
                                 },
                                 "http://h/fhir"});
        router_ = {};
        api_->add_to(router_);
    }
    ProjectionContext projection_;
    std::unique_ptr<EverythingApi> api_;
    net::HttpRouter router_;
};

store::Unit order_of(const std::string& patient, int number) {
    const auto n = std::to_string(number);
    auto what = effects_of({.placer = "P" + n, .patient = patient, .accession = "A" + n});
    what.orders.front().fields.set(effects::OrderField::requesting_physician, "ORDERER^OLGA", "OBR-16");
    return unit("m" + n, std::move(what));
}

using Strings = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(fhir_everything)

STORE_TEST_CASE(a_patient_with_what_belongs_to_them_and_nothing_of_others) {
    Server server;
    server.site.commit(order_of("1", 1));
    server.site.commit(order_of("1", 2));
    server.site.commit(order_of("2", 3));
    const auto all = server.page(server.everything("1"));
    BOOST_REQUIRE(!all.empty());
    BOOST_TEST(all.front() == "Patient/" + server.patient("1"));
    const std::set<std::string> each(all.begin(), all.end());
    BOOST_TEST(each.size() == all.size());
    std::multiset<std::string> types;
    for (const auto& one : all) types.insert(one.substr(0, one.find('/')));
    for (const auto* type : {"ServiceRequest", "ImagingStudy", "Task", "Appointment"})
        BOOST_TEST(types.count(type) == 2u);
    BOOST_TEST(types.count("Patient") == 1u);
    BOOST_TEST(types.count("Practitioner") == 1u);
    for (const auto& one : server.page(server.everything("2")))
        BOOST_TEST((each.count(one) == 0 || one.starts_with("Practitioner")));
}

STORE_TEST_CASE(a_walk_over_pages_sees_each_once_whatever_happens_meanwhile) {
    Server server;
    for (int i = 1; i <= 7; ++i) server.site.commit(order_of("1", i));
    const auto whole = server.page(server.everything("1"));
    for (const int count : {1, 2, 5, 8}) {
        Strings walked;
        std::string next = server.everything("1", "?_count=" + std::to_string(count));
        for (int page = 0; !next.empty(); ++page) {
            const auto part = server.page(next, &next);
            BOOST_TEST(part.size() <= static_cast<std::size_t>(count) + 1);
            walked.insert(walked.end(), part.begin(), part.end());
            if (page == 1) server.restart();
        }
        BOOST_TEST(walked == whole, boost::test_tools::per_element());
    }
}

STORE_TEST_CASE(types_moments_and_dates_narrow_it) {
    Server server;
    server.site.commit(order_of("1", 1));
    server.site.clock.set({monday.micros + 3'600'000'000});
    server.site.commit(order_of("1", 2));
    BOOST_TEST(server.types(server.everything("1", "?_type=Task,ServiceRequest")) ==
               (Strings{"ServiceRequest", "Task"}));
    BOOST_TEST(server.page(server.everything("1", "?_type=ServiceRequest&_since=2026-11-23T09:30:00Z")).size() == 1u);
    BOOST_TEST(server.page(server.everything("1", "?_type=Appointment&start=2026-11-23&end=2026-11-23")).size() == 2u);
    BOOST_TEST(server.page(server.everything("1", "?_type=Appointment&start=2026-11-24")).empty());
    BOOST_TEST(server.page(server.everything("1", "?_type=Appointment&end=2026-11-22")).empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_understood_is_refused_or_left_out) {
    Server server;
    server.site.commit(order_of("1", 1));
    for (const auto* query : {"?strat=2026", "?start=soon", "?_count=0", "?_count=x", "?_type=Nothing", "?_since=x"}) {
        BOOST_TEST(server.ask(server.everything("1", query)).status == 400, query);
        net::HttpRequest lenient;
        lenient.headers.add("Prefer", "handling=lenient");
        const auto answer = server.ask(server.everything("1", query), lenient);
        BOOST_TEST(answer.status == 200, query);
        BOOST_TEST(answer.body.find("OperationOutcome") != std::string::npos, query);
    }
    const auto half = read_everything({{"_type", "Patkent,Task"}, {"_count", "5"}}, Zone("UTC"));
    BOOST_TEST(half.problems.size() == 1u);
    BOOST_TEST(half.request.types.empty());  // as the link to the next page has it
    BOOST_TEST(half.request.self.size() == 1u);
    for (const auto* cursor : {"?_cursor=00", "?_cursor=zz", "?_cursor="})
        BOOST_TEST(server.ask(server.everything("1", cursor)).status ==
                   (std::string_view(cursor).ends_with('=') ? 200 : 400));
    std::string next;
    server.page(server.everything("1", "?_count=1"), &next);
    BOOST_TEST(server.ask(next + "&_type=Task").status == 400);
    for (const auto* nobody : {"/fhir/Patient/1/$everything", "/fhir/Patient/x/$everything"})
        BOOST_TEST(server.ask(nobody).status == 404);
}

BOOST_AUTO_TEST_CASE(a_token_sees_what_its_scopes_allow) {
    Server server;
    server.site.commit(order_of("1", 1));
    server.site.commit(order_of("2", 2));
    server.scopes = "system/Patient.r system/Task.r";
    BOOST_TEST(server.types(server.everything("1")) == (Strings{"Patient", "Task"}));
    BOOST_TEST(server.ask(server.everything("1", "?_type=ServiceRequest")).status == 403);
    server.scopes = "patient/*.rs";
    server.own = std::stoll(server.patient("1"));
    const auto mine = server.types(server.everything("1"));
    BOOST_TEST(std::count(mine.begin(), mine.end(), "ServiceRequest") == 1);
    BOOST_TEST(std::count(mine.begin(), mine.end(), "Practitioner") == 0);
    BOOST_TEST(server.ask(server.everything("2")).status == 404);
    server.scopes = "system/Task.r";
    BOOST_TEST(server.ask(server.everything("1")).status == 403);
    server.scopes = "";
    BOOST_TEST(server.ask(server.everything("1")).status == 401);
}

BOOST_AUTO_TEST_SUITE_END()
