// Bulk export asked as over HTTP, on a store with records.
#include "fhir/interactions/export_api.hpp"

#include <fstream>
#include <set>
#include <thread>

#include "engine/json/value.hpp"
#include "fhir/json/json_reader.hpp"
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::store::testing;

namespace {

namespace fs = std::filesystem;
const Zone utc("UTC");

class Server {
  public:
    explicit Server(ExportOptions options = roomy()) : options_(options) { start(); }
    ~Server() {
        stop();
        fs::remove_all(directory);
    }
    // As after a restart of the engine.
    void restart() {
        stop();
        site.reopen();
        start();
    }
    void stop() {
        router_ = {};
        api_.reset();
        jobs_.reset();
    }
    void start() {
        projection_.zone = &utc;
        jobs_ = std::make_unique<ExportJobs>(
            ExportJobs::Parts{*site, projection_, site.clock, events::nowhere(), directory, options_});
        api_ = std::make_unique<ExportApi>(ExportApi::Parts{*jobs_, utc,
                                                            [this](const net::HttpRequest&) -> Result<Grant> {
                                                                if (scopes.empty())
                                                                    return Error{ErrorCode::access_no_token, {}, {}};
                                                                return Grant{scopes_of(scopes).value(), 7};
                                                            },
                                                            "http://h/fhir"});
        api_->add_to(router_);
    }
    static ExportOptions roomy() {
        ExportOptions out;
        out.keep_free = settings::ByteSize(0);
        return out;
    }

    net::HttpResponse ask(const std::string& method, const std::string& path, net::HttpRequest request = {}) {
        request.method = method;
        const auto mark = path.find('?');
        request.path = path.substr(0, mark);
        if (mark != std::string::npos) {
            const auto pair = path.substr(mark + 1);
            request.query.emplace_back(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
        }
        return router_.answer(request);
    }
    net::HttpResponse kick_off(const std::string& path, const std::string& prefer = "respond-async") {
        net::HttpRequest request;
        if (!prefer.empty()) request.headers.add("Prefer", prefer);
        return ask("GET", path, request);
    }
    // The path behind http://h of a header or URL.
    static std::string path_of(const std::string& url) { return url.substr(std::string("http://h").size()); }
    std::string started(const std::string& path) {
        const auto response = kick_off(path);
        BOOST_REQUIRE_MESSAGE(response.status == 202, response.body);
        return path_of(header(response, "Content-Location"));
    }
    static std::string header(const net::HttpResponse& response, const std::string& name) {
        for (const auto& [key, value] : response.headers)
            if (key == name) return value;
        return {};
    }
    net::HttpResponse finished(const std::string& status) {
        for (;;) {
            auto response = ask("GET", status);
            if (response.status != 202) return response;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    // Every resource of an export, "Type/id".
    std::vector<std::string> exported(const std::string& path) {
        const auto done = finished(started(path));
        BOOST_REQUIRE_MESSAGE(done.status == 200, done.body);
        return listed(done.body);
    }
    std::vector<std::string> listed(const std::string& manifest) {
        std::vector<std::string> out;
        const auto read = json::parse(manifest);
        BOOST_REQUIRE(read.ok());
        for (const auto& file : read->find("output")->items()) {
            const auto response = ask("GET", path_of(file.find("url")->string()));
            BOOST_REQUIRE_MESSAGE(response.status == 200, response.body);
            BOOST_TEST(header(response, "Content-Type") == "application/fhir+ndjson");
            std::istringstream lines(response.body);
            std::int64_t count = 0;
            for (std::string line; std::getline(lines, line); ++count) {
                const auto resource = r4::read_json(line);
                BOOST_REQUIRE_MESSAGE(resource.ok(), line);
                BOOST_TEST(resource.resource->type().name() == file.find("type")->string());
                out.push_back(file.find("type")->string() + "/" + std::string(resource.resource->id()));
            }
            BOOST_TEST(count == file.find("count")->integer());
        }
        return out;
    }

    Site site;
    std::string scopes = "system/*.read";
    fs::path directory = fs::temp_directory_path() / ("gantry_export_" + std::to_string(::getpid()));

  private:
    ExportOptions options_;
    ProjectionContext projection_;
    std::unique_ptr<ExportJobs> jobs_;
    std::unique_ptr<ExportApi> api_;
    net::HttpRouter router_;
};

void commit_orders(Server& server, int from, int count) {
    for (int i = from; i < from + count; ++i) {
        const auto n = std::to_string(i);
        server.site.commit(order(n, {.placer = "P" + n, .patient = n, .accession = "A" + n}));
    }
}

std::multiset<std::string> types_of(const std::vector<std::string>& resources) {
    std::multiset<std::string> out;
    for (const auto& one : resources) out.insert(one.substr(0, one.find('/')));
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fhir_export)

STORE_TEST_CASE(an_export_has_every_resource_once) {
    Server server;
    commit_orders(server, 1, 3);
    const auto all = server.exported("/fhir/$export");
    const auto types = types_of(all);
    for (const auto* type : {"Patient", "ServiceRequest", "ImagingStudy", "Task", "Appointment"})
        BOOST_TEST(types.count(type) == 3u, type);
    BOOST_TEST(std::set<std::string>(all.begin(), all.end()).size() == all.size());
    const auto some = types_of(server.exported("/fhir/$export?_type=Patient,Task"));
    BOOST_TEST(some.size() == 6u);
    BOOST_TEST(types_of(server.exported("/fhir/Patient/$export")).count("Practitioner") == 0u);
}

STORE_TEST_CASE(the_manifest_says_what_was_asked_and_when) {
    Server server;
    commit_orders(server, 1, 1);
    const auto done = server.finished(server.started("/fhir/$export?_type=Patient"));
    BOOST_REQUIRE(done.status == 200);
    BOOST_TEST(Server::header(done, "Content-Type") == "application/json");
    BOOST_TEST((fs::status(server.directory).permissions() == fs::perms::owner_all));
    BOOST_TEST(!Server::header(done, "Expires").empty());
    const auto manifest = json::parse(done.body);
    BOOST_TEST(manifest->find("request")->string() == "http://h/fhir/$export?_type=Patient");
    BOOST_TEST(manifest->find("requiresAccessToken")->boolean());
    BOOST_TEST(manifest->find("error")->items().empty());
    // What changed before that moment is in it, however long its commit took.
    const auto moment = period_of(manifest->find("transactionTime")->string(), utc);
    BOOST_REQUIRE(moment.has_value());
    BOOST_TEST(moment->first.micros <= server.site.clock.now().micros);
}

STORE_TEST_CASE(since_leaves_out_what_has_not_changed) {
    Server server;
    commit_orders(server, 1, 2);
    server.site.clock.set({monday.micros + 3'600'000'000});
    commit_orders(server, 3, 1);
    BOOST_TEST(types_of(server.exported("/fhir/$export?_since=2026-11-23T09:30:00Z")).count("ServiceRequest") == 1u);
    BOOST_TEST(types_of(server.exported("/fhir/$export?_since=2026-11-23T08:30:00Z")).count("ServiceRequest") == 3u);
    BOOST_TEST(server.exported("/fhir/$export?_since=2026-11-23T11:30:00Z").empty());
}

STORE_TEST_CASE(large_exports_have_several_files_of_a_type) {
    auto options = Server::roomy();
    options.part = settings::ByteSize(4096);
    Server server(options);
    commit_orders(server, 1, 40);
    const auto done = server.finished(server.started("/fhir/$export?_type=ServiceRequest"));
    BOOST_TEST(json::parse(done.body)->find("output")->items().size() > 3u);
    const auto all = server.listed(done.body);
    BOOST_TEST(std::set<std::string>(all.begin(), all.end()).size() == 40u);
}

STORE_TEST_CASE(what_is_written_meanwhile_makes_none_missing_or_doubled) {
    Server server;
    commit_orders(server, 1, 300);
    const auto before = server.exported("/fhir/$export?_type=ServiceRequest");
    std::vector<std::string> during;
    std::thread writer([&] {
        for (int i = 1; i <= 300; ++i) {
            const auto n = std::to_string(i);
            Order change{.placer = "P" + n, .patient = n, .accession = "A" + n, .event_time = "20261123090000"};
            change.action = effects::OrderAction::complete;
            server.site->intake().commit(std::span(std::vector<store::Unit>{order("c" + n, change)}.data(), 1));
        }
    });
    for (int i = 0; i < 5; ++i) {
        during = server.exported("/fhir/$export?_type=ServiceRequest");
        BOOST_TEST(std::set<std::string>(during.begin(), during.end()).size() == during.size());
        BOOST_TEST(during.size() == before.size());
    }
    writer.join();
}

BOOST_AUTO_TEST_CASE(what_is_not_understood_is_refused_or_left_out) {
    Server server;
    BOOST_TEST(server.kick_off("/fhir/$export", "").status == 400);
    for (const auto* query : {"_type=Nothing", "_typ=Patient", "_since=yesterday", "_since=2026", "_outputFormat=csv",
                              "_elements=id", "_typeFilter=Patient"}) {
        const auto strict = server.kick_off(std::string("/fhir/$export?") + query);
        BOOST_TEST(strict.status == 400, query);
        BOOST_TEST(strict.body.find("OperationOutcome") != std::string::npos);
        BOOST_TEST(server.finished(Server::path_of(Server::header(server.kick_off(std::string("/fhir/$export?") + query,
                                                                                  "respond-async, handling=lenient"),
                                                                  "Content-Location")))
                           .status == 200,
                   query);
    }
    for (const auto* query : {"_outputFormat=ndjson", "_outputFormat=application/fhir+ndjson", "_type=Patient"})
        BOOST_TEST(server.finished(server.started(std::string("/fhir/$export?") + query)).status == 200, query);
    BOOST_TEST(server.kick_off("/fhir/Patient/$export?_type=Practitioner").status == 400);
}

BOOST_AUTO_TEST_CASE(parameters_may_be_posted) {
    Server server;
    commit_orders(server, 1, 1);
    const auto post = [&](const std::string& body, const std::string& type = "application/fhir+json") {
        net::HttpRequest request;
        request.headers.add("Prefer", "respond-async");
        request.headers.add("Content-Type", type);
        request.body = body;
        return server.ask("POST", "/fhir/$export", request);
    };
    const auto started = post(
        R"({"resourceType":"Parameters","parameter":[{"name":"_type","valueString":"Patient"},{"name":"_type","valueString":"Task"}]})");
    BOOST_REQUIRE_MESSAGE(started.status == 202, started.body);
    const auto done = server.finished(Server::path_of(Server::header(started, "Content-Location")));
    BOOST_TEST(types_of(server.listed(done.body)).size() == 2u);
    BOOST_TEST(post("{}").status == 400);
    BOOST_TEST(post(R"({"resourceType":"Patient"})").status == 400);
    BOOST_TEST(post(R"({"resourceType":"Parameters","parameter":[{"name":"_type","part":[]}]})").status == 400);
    BOOST_TEST(post(R"({"resourceType":"Parameters"})", "text/plain").status == 415);
}

BOOST_AUTO_TEST_CASE(a_token_sees_what_its_scopes_allow) {
    Server server;
    commit_orders(server, 1, 1);
    const auto all = server.started("/fhir/$export");
    BOOST_TEST(server.finished(all).status == 200);
    const auto file =
        Server::path_of(json::parse(server.finished(all).body)->find("output")->items().front().find("url")->string());
    server.scopes = "system/Patient.read";
    BOOST_TEST(types_of(server.exported("/fhir/$export")) == std::multiset<std::string>{"Patient"});
    BOOST_TEST(server.kick_off("/fhir/$export?_type=Task").status == 403);
    BOOST_TEST(server.ask("GET", all).status == 404);
    BOOST_TEST(server.ask("DELETE", all).status == 404);
    server.scopes = "system/Task.read";
    BOOST_TEST(server.ask("GET", file).status == 404);
    for (const auto* none : {"patient/*.read", "system/*.c"}) {
        server.scopes = none;
        BOOST_TEST(server.kick_off("/fhir/$export").status == 403, none);
    }
    server.scopes = "";
    for (const auto& path : {std::string("/fhir/$export"), all, file}) BOOST_TEST(server.kick_off(path).status == 401);
}

BOOST_AUTO_TEST_CASE(what_is_cancelled_is_gone) {
    Server server;
    commit_orders(server, 1, 1);
    const auto status = server.started("/fhir/$export");
    BOOST_TEST(server.finished(status).status == 200);
    BOOST_TEST(server.ask("DELETE", status).status == 202);
    BOOST_TEST(server.ask("GET", status).status == 404);
    BOOST_TEST(server.ask("DELETE", status).status == 404);
    BOOST_TEST(fs::is_empty(server.directory));
    BOOST_TEST(server.ask("GET", "/fhir/$export-status/nothing").status == 404);
    BOOST_TEST(server.ask("GET", "/fhir/$export-file/..%2f/request.json").status == 404);
}

BOOST_AUTO_TEST_CASE(after_a_restart_the_complete_are_there_and_the_others_have_failed) {
    Server server;
    commit_orders(server, 1, 1);
    const auto complete = server.started("/fhir/$export");
    const auto before = server.finished(complete);
    BOOST_REQUIRE(before.status == 200);
    const auto other = server.started("/fhir/$export");
    BOOST_TEST(server.finished(other).status == 200);
    server.stop();
    // As a power cut in the middle of it leaves it.
    const auto directory = server.directory / fs::path(other).filename();
    fs::remove(directory / "manifest.json");
    std::ofstream(directory / "Patient.1.ndjson.part") << "{\"resourceType";
    server.site.reopen();
    server.start();
    BOOST_TEST(server.finished(complete).body == before.body);
    BOOST_TEST(server.listed(before.body).size() > 0u);
    const auto failed = server.finished(other);
    BOOST_TEST(failed.status == 500);
    BOOST_TEST(failed.body.find("the engine was stopped") != std::string::npos);
    const auto file = "/fhir/$export-file/" + directory.filename().string() + "/Patient.1.ndjson";
    BOOST_TEST(server.ask("GET", file).status == 404);
    server.restart();
    BOOST_TEST(server.finished(other).body == failed.body);
}

BOOST_AUTO_TEST_CASE(files_are_removed_when_they_are_old) {
    Server server;
    const auto status = server.started("/fhir/$export");
    BOOST_TEST(server.finished(status).status == 200);
    server.site.clock.set({monday.micros + std::chrono::microseconds(std::chrono::hours(25)).count()});
    BOOST_TEST(server.ask("GET", status).status == 404);
    server.restart();
    // The next one comes behind the removal of the old ones.
    BOOST_TEST(server.finished(server.started("/fhir/$export")).status == 200);
    std::size_t kept = 0;
    for (const auto& entry : fs::directory_iterator(server.directory)) kept += entry.is_directory() ? 1 : 0;
    BOOST_TEST(kept == 1u);
}

BOOST_AUTO_TEST_CASE(too_much_is_refused_and_nothing_of_it_stays) {
    auto options = Server::roomy();
    options.size = settings::ByteSize(3000);
    Server server(options);
    commit_orders(server, 1, 20);
    const auto failed = server.finished(server.started("/fhir/$export"));
    BOOST_TEST(failed.status == 500);
    BOOST_TEST(failed.body.find("OperationOutcome") != std::string::npos);
    BOOST_TEST(failed.body.find("fhir.export.size") != std::string::npos);
    for (const auto& entry : fs::recursive_directory_iterator(server.directory))
        BOOST_TEST(entry.path().extension() != ".ndjson");
}

BOOST_AUTO_TEST_CASE(a_disk_without_room_fails_the_export_alone) {
    auto options = Server::roomy();
    options.keep_free = settings::ByteSize(std::size_t{1} << 53);
    Server server(options);
    commit_orders(server, 1, 1);
    const auto failed = server.finished(server.started("/fhir/$export"));
    BOOST_TEST(failed.status == 500);
    BOOST_TEST(failed.body.find("keep_free") != std::string::npos);
    commit_orders(server, 2, 1);
}

BOOST_AUTO_TEST_CASE(so_many_at_once_and_no_more) {
    auto options = Server::roomy();
    options.jobs = 1;
    Server server(options);
    commit_orders(server, 1, 300);
    const auto first = server.started("/fhir/$export");
    int refused = 0;
    for (int i = 0; i < 50; ++i) {
        const auto next = server.kick_off("/fhir/$export");
        if (next.status == 429) {
            BOOST_TEST(Server::header(next, "Retry-After") == "60");
            ++refused;
        }
    }
    BOOST_TEST(refused > 0);
    BOOST_TEST(server.finished(first).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
