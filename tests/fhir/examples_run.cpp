// fhir_examples OUTPUT FILE…: reads and validates each FILE (FHIR JSON), writes it into the directory OUTPUT again, as
// NAME.json and NAME.xml, and prints one line of JSON about it: {"file", "errors": [{"expression", "code", "rule"}],
// "again": what it is after a second reading of both is the same}.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "engine/json/writer.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/json_writer.hpp"
#include "fhir/json/validation.hpp"
#include "fhir/json/xml_reader.hpp"
#include "fhir/json/xml_writer.hpp"

namespace {

using namespace gantry::fhir::r4;
namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

// Both writings, and whether reading them gives them again.
bool comes_back(const Resource& resource, const fs::path& target) {
    const auto json = write_json(resource), xml = write_xml(resource);
    write(target.string() + ".json", json);
    write(target.string() + ".xml", xml);
    const auto from_json = read_json(json), from_xml = read_xml(xml);
    return from_json.resource && from_xml.resource && write_json(*from_json.resource) == json &&
           write_json(*from_xml.resource) == json && write_xml(*from_xml.resource) == xml;
}

void about(const fs::path& path, const fs::path& output) {
    auto outcome = read_json(contents(path));
    auto issues = std::move(outcome.issues);
    if (outcome.resource)
        for (auto& issue : validate(*outcome.resource)) issues.push_back(std::move(issue));
    gantry::json::Writer line;
    line.begin_object().member("file", path.filename().string()).key("errors").begin_array();
    for (const auto& issue : issues) {
        if (acceptable({&issue, 1})) continue;
        line.begin_object().member("expression", issue.expression).member("code", to_text(issue.type));
        line.member_if("rule", issue.rule).member("diagnostics", issue.diagnostics).end_object();
    }
    line.end_array();
    line.member("again", outcome.resource && comes_back(*outcome.resource, output / path.stem())).end_object();
    std::cout << line.text() << "\n";
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: fhir_examples OUTPUT FILE…\n";
        return 2;
    }
    for (int i = 2; i < argc; ++i) about(argv[i], argv[1]);
}
