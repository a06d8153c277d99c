// What FHIR served once can be read again: every case file's messages, after each of them every resource, and in the
// end each of its versions by number, byte for byte, and in the histories.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "engine/json/value.hpp"
#include "engine/json/writer.hpp"
#include "engine/main/case_file.hpp"
#include "engine/main/trial.hpp"

using namespace gantry;

namespace {

namespace fs = std::filesystem;
const fs::path source = GANTRY_SOURCE_DIR;

std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

const Configuration& configuration() {
    static const auto loaded = load_configuration(source / "conf" / "engine.json");
    return *loaded;
}

json::Value asked(Trial& trial, const std::string& address) {
    const auto answer = trial.ask_fhir(address);
    BOOST_REQUIRE_MESSAGE(answer.status == 200, address << ": " << answer.status << " " << answer.body.substr(0, 300));
    auto value = json::parse(answer.body);
    BOOST_REQUIRE(value.ok());
    return std::move(*value);
}

// "Type/id/_history/version" and the resource.
using Served = std::map<std::string, std::string>;

constexpr const char* types[] = {"Patient",     "ServiceRequest", "ImagingStudy",
                                 "Appointment", "Task",           "DiagnosticReport"};

void note(Trial& trial, Served& served) {
    for (const auto* type : types) {
        const auto bundle = asked(trial, std::string(type) + "?_count=1000");
        const auto* entries = bundle.find("entry");
        for (std::size_t i = 0; entries && i < entries->items().size(); ++i) {
            const auto& resource = *entries->items()[i].find("resource");
            const auto name = std::string(type) + "/" + resource.find("id")->string() + "/_history/" +
                              resource.find("meta")->find("versionId")->string();
            const auto text = json::Writer().value(resource).text();
            const auto known = served.emplace(name, text);
            BOOST_TEST(known.first->second == text, "a version that changed: " << name);
        }
    }
}

void check_versions(Trial& trial, const Served& served) {
    for (const auto& [name, text] : served) {
        const auto again = json::Writer().value(asked(trial, name)).text();
        BOOST_TEST(again == text, name << "\n" << text << "\n" << again);
    }
}

// The history of each resource has each version that was served, from the newest to the oldest, and begins with POST.
void check_histories(Trial& trial, const Served& served) {
    std::map<std::string, std::size_t> versions;
    for (const auto& [name, text] : served) ++versions[name.substr(0, name.rfind('/'))];
    for (const auto& [resource, seen] : versions) {
        const auto bundle = asked(trial, resource + "?_count=1000");
        const auto& entries = bundle.find("entry")->items();
        BOOST_TEST(entries.size() >= seen, resource);
        std::string before = "9999999999999999999";
        for (const auto& entry : entries) {
            const auto etag = entry.find("response")->find("etag")->string();
            const auto version = etag.substr(3, etag.size() - 4);
            BOOST_TEST(version < before, resource);
            before = version;
        }
        // What was taken back, as an appointment is, may be made anew.
        std::string older = "DELETE";
        for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
            const auto method = entry->find("request")->find("method")->string();
            BOOST_TEST((method == "POST") == (older == "DELETE"), resource);
            BOOST_TEST((method == "DELETE") == (entry->find("resource") == nullptr), resource);
            older = method;
        }
    }
}

// What changed, two at a time: each version once, and none that the histories do not have.
void check_walk(Trial& trial, const Served& served) {
    std::map<std::string, std::string> walked;
    std::string address = "_history?_count=2", before = "9999999999999999999";
    while (!address.empty()) {
        const auto bundle = asked(trial, address);
        address.clear();
        for (const auto& link : bundle.find("link")->items())
            if (link.find("relation")->string() == "next") address = link.find("url")->string();
        address.erase(0, address.find("_history"));
        const auto* entries = bundle.find("entry");
        for (std::size_t i = 0; entries && i < entries->items().size(); ++i) {
            if (!entries->items()[i].find("resource")) continue;
            const auto& resource = *entries->items()[i].find("resource");
            const auto version = resource.find("meta")->find("versionId")->string();
            BOOST_TEST(version <= before);
            before = version;
            const auto name =
                resource.find("resourceType")->string() + "/" + resource.find("id")->string() + "/_history/" + version;
            BOOST_TEST(walked.emplace(name, json::Writer().value(resource).text()).second, "twice: " << name);
        }
    }
    for (const auto& [name, text] : served) {
        // A report's versions of changes of its orders are in its own history only.
        const auto found = walked.find(name);
        if (found == walked.end() && name.starts_with("DiagnosticReport")) continue;
        BOOST_TEST((found != walked.end() && found->second == text), "not found: " << name);
    }
}

std::size_t run(const fs::path& file) {
    json::Diagnostics problems(file.string());
    const auto the_case = read_case(file.string(), text_of(file), problems);
    BOOST_REQUIRE(the_case);
    const auto* channel = configuration().channel(the_case->channel);
    BOOST_REQUIRE(channel);
    const auto start = read_case_clock(the_case->clock->string(), *configuration().zone, {});
    auto trial = Trial::open(configuration(), *start);
    BOOST_REQUIRE(trial.ok());
    Served served;
    for (const auto* list : {&the_case->given, &the_case->inputs}) {
        for (const auto& message : *list) {
            if (message.lines.empty()) continue;
            (*trial)->set_clock({(*trial)->now().micros + 1'000'000});
            std::string bytes;
            for (const auto& line : message.lines)
                bytes += with_dates(line, (*trial)->zone().local((*trial)->now())) + "\r";
            (*trial)->feed(*channel, bytes);
            note(**trial, served);
        }
    }
    check_versions(**trial, served);
    check_histories(**trial, served);
    check_walk(**trial, served);
    return served.size();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fhir_history)

BOOST_AUTO_TEST_CASE(what_was_served_can_be_read_again) {
    std::size_t versions = 0, files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(source / "tests" / "scenario")) {
        const auto name = entry.path().filename().string();
        if (!name.ends_with(".case.json") || entry.path().parent_path().filename() == "fhir") continue;
        BOOST_TEST_CONTEXT(entry.path().filename()) versions += run(entry.path());
        ++files;
    }
    BOOST_TEST(files > 500u);
    BOOST_TEST(versions > 3000u);
    BOOST_TEST_MESSAGE(versions << " versions of " << files << " case files");
}

BOOST_AUTO_TEST_SUITE_END()
