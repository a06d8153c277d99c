// Others' resources and others' verdicts about them, where the corpus is there. What differs stands with its reason in
// docs/conformance/fhir-validation.md, which is held to what is found here.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "engine/json/value.hpp"
#include "fhir/json/json_writer.hpp"
#include "fhir/json/xml_reader.hpp"
#include "fhir/json/xml_writer.hpp"
#include "problems.hpp"

using namespace gantry::fhir::r4;
namespace fs = std::filesystem;

namespace {

std::string contents(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

fs::path corpus() {
    return fs::path(GANTRY_TEST_CORPUS);
}

bool is_there() {
    if (fs::exists(corpus() / "fhir")) return true;
    BOOST_TEST_MESSAGE("skipped: no corpus at " << corpus());
    return false;
}

std::size_t errors_of(std::string_view text) {
    auto outcome = read_json(text);
    auto issues = std::move(outcome.issues);
    if (outcome.resource)
        for (auto& issue : validate(*outcome.resource)) issues.push_back(std::move(issue));
    return static_cast<std::size_t>(std::count_if(issues.begin(), issues.end(), [](const Issue& one) {
        return !acceptable({&one, 1});
    }));
}

std::string trimmed(const std::string& text) {
    const auto begin = text.find_first_not_of(" `");
    return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" `") - begin + 1);
}

// The rows of the page's table below a heading: first cell → the others.
std::map<std::string, std::vector<std::string>> table(const std::string& heading) {
    std::map<std::string, std::vector<std::string>> out;
    std::ifstream page(std::string(GANTRY_SOURCE_DIR) + "/docs/conformance/fhir-validation.md");
    bool inside = false;
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with("## ")) inside = line == "## " + heading;
        if (!inside || !line.starts_with("| ") || line.starts_with("| ---")) continue;
        std::vector<std::string> cells;
        std::istringstream row(line.substr(1));
        for (std::string cell; std::getline(row, cell, '|');) cells.push_back(trimmed(cell));
        out.emplace(cells.front(), std::vector<std::string>(cells.begin() + 1, cells.end()));
    }
    return out;
}

// What the reference validator said, by the file it was asked about.
std::map<std::string, std::size_t> published_errors() {
    std::map<std::string, std::string> files;
    std::map<std::string, std::size_t> out;
    const auto manifest = gantry::json::parse(contents(corpus() / "manifest.json"));
    BOOST_REQUIRE(manifest.ok());
    const auto text = [](const gantry::json::Value& row, const char* key) {
        return row.find(key) ? row.find(key)->string() : std::string();
    };
    for (const auto& row : manifest->items())
        if (text(row, "rel").starts_with("fhir/fhir_fhir-test-cases/")) files[text(row, "path")] = text(row, "rel");
    for (const auto& row : manifest->items()) {
        if (!text(row, "rel").starts_with("fhir/expected/fhir_fhir-test-cases/")) continue;
        const auto outcome = read_json(contents(corpus() / text(row, "rel")));
        BOOST_REQUIRE(outcome.resource);
        std::size_t errors = 0;
        for (auto issue = (*outcome.resource)["issue"]; issue; issue = issue.again())
            errors += issue["severity"].value() == "error" || issue["severity"].value() == "fatal" ? 1 : 0;
        out[files.at(text(row, "pair"))] = errors;
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(corpus_of_fhir)

BOOST_AUTO_TEST_CASE(published_verdicts) {
    if (!is_there()) return;
    const auto page = table("Verdicts of the reference validator");
    const auto published = published_errors();
    BOOST_TEST(published.size() == 52u);
    BOOST_TEST(page.size() == published.size() + 1);  // and the head of the table
    for (const auto& [path, errors] : published) {
        const auto name = fs::path(path).filename().string();
        const auto ours = errors_of(contents(corpus() / path));
        const bool same = (errors == 0) == (ours == 0);
        const auto row = page.find(name);
        BOOST_TEST_CONTEXT("| `" << name << "` | " << errors << " | " << ours << " | " << (same ? "same" : "differs")
                                 << " | … |") {
            BOOST_REQUIRE(row != page.end());
            BOOST_REQUIRE(row->second.size() >= 3);
            BOOST_TEST(row->second[0] == std::to_string(errors));
            BOOST_TEST(row->second[1] == std::to_string(ours));
            BOOST_TEST(row->second[2] == (same ? "same" : "differs"));
            BOOST_TEST((same || (row->second.size() > 3 && !row->second[3].empty())));
        }
    }
}

// Each value as the one of a Parameters resource of its type.
BOOST_AUTO_TEST_CASE(values_of_primitives) {
    if (!is_there()) return;
    const auto page = table("Values of primitives");
    const std::map<std::string, std::string> types = {{"base64_binary", "Base64Binary"},
                                                      {"boolean", "Boolean"},
                                                      {"code", "Code"},
                                                      {"date", "Date"},
                                                      {"decimal", "Decimal"},
                                                      {"id", "Id"},
                                                      {"instant", "Instant"},
                                                      {"integer", "Integer"},
                                                      {"oid", "Oid"},
                                                      {"positive_int", "PositiveInt"},
                                                      {"string", "String"},
                                                      {"time", "Time"},
                                                      {"unsigned_int", "UnsignedInt"},
                                                      {"uuid", "Uuid"}};
    std::size_t values = 0;
    for (const auto& entry : fs::directory_iterator(corpus() / "fhir" / "google_fhir")) {
        const auto name = entry.path().filename().string();
        const auto type = types.find(name.substr(0, name.find('.')));
        if (entry.path().extension() != ".ndjson" || type == types.end()) continue;
        const bool valid = name.find(".valid.") != std::string::npos;
        std::istringstream lines(contents(entry.path()));
        for (std::string line; std::getline(lines, line);) {
            if (line.empty() || line == "null") continue;  // there: no value at all
            ++values;
            const auto text =
                R"({"resourceType":"Parameters","parameter":[{"name":"x","value)" + type->second + "\":" + line + "}]}";
            BOOST_TEST(((errors_of(text) == 0) == valid || page.count(line) > 0), name << ": " << line);
        }
    }
    BOOST_TEST(values > 60u);
}

BOOST_AUTO_TEST_CASE(narratives) {
    if (!is_there()) return;
    const auto page = table("Values of primitives");
    std::istringstream lines(contents(corpus() / "fhir" / "google_fhir" / "xhtml.valid.ndjson"));
    for (std::string line; std::getline(lines, line);) {
        const auto text = R"({"resourceType":"Patient","text":{"status":"generated","div":)" + line + "}}";
        BOOST_TEST((errors_of(text) == 0 || page.count(line) > 0), line);
    }
}

// Whatever can be read comes back: as JSON, and, where R4 knows all of it, through XML.
BOOST_AUTO_TEST_CASE(every_resource_comes_back) {
    if (!is_there()) return;
    std::size_t read = 0;
    for (const auto& entry : fs::recursive_directory_iterator(corpus() / "fhir")) {
        if (entry.path().extension() != ".json") continue;
        const auto outcome = read_json(contents(entry.path()));
        if (!outcome.resource) continue;
        ++read;
        const auto text = write_json(*outcome.resource);
        const auto again = read_json(text);
        BOOST_REQUIRE_MESSAGE(again.resource, entry.path());
        BOOST_TEST(write_json(*again.resource) == text, entry.path());
        if (!outcome.ok() || !acceptable(validate(*outcome.resource))) continue;
        const auto through = read_xml(write_xml(*outcome.resource));
        BOOST_REQUIRE_MESSAGE(through.ok(), entry.path());
        BOOST_TEST(write_json(*through.resource) == text, entry.path());
    }
    BOOST_TEST(read > 200u);
}

BOOST_AUTO_TEST_SUITE_END()
