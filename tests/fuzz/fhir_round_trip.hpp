// What the two fuzz targets of FHIR share: a resource that was read is written, read and written again.
#pragma once
#include <string>
#include <vector>

#include "engine/json/value.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/json_writer.hpp"
#include "fhir/json/validation.hpp"
#include "fhir/json/xml_reader.hpp"
#include "fhir/json/xml_writer.hpp"
#include "tests/fuzz/parts.hpp"

namespace gantry::fuzz {

inline void issues_say_what_is_wrong(const std::vector<fhir::r4::Issue>& issues, std::size_t most) {
    must(issues.size() <= most, "no more issues than asked for");
    for (const auto& issue : issues) {
        must(!issue.diagnostics.empty(), "an issue says what is wrong");
        must(issue.position.line > 0 && issue.position.column > 0, "an issue has a place");
    }
    must(json::parse(fhir::r4::operation_outcome_json(issues)).ok(), "an outcome is JSON");
}

// Of anything that could be read: its JSON is JSON, and a second writing is the same.
inline void json_settles(const fhir::r4::Resource& resource, const fhir::r4::ReadOptions& options) {
    using namespace fhir::r4;
    const auto first = read_json(write_json(resource), options);
    must(first.resource.has_value(), "what is written as JSON is read");
    const auto text = write_json(*first.resource);
    const auto second = read_json(text, options);
    must(second.resource && write_json(*second.resource) == text, "read, write, read gives the same");
}

// Of a valid one nothing is lost between the formats.
inline void formats_agree(const fhir::r4::Resource& resource) {
    using namespace fhir::r4;
    const auto xml = write_xml(resource);
    const auto from_xml = read_xml(xml);
    must(from_xml.ok() && write_xml(*from_xml.resource) == xml, "XML, read, XML gives the same");
    must(acceptable(validate(*from_xml.resource)), "what is valid is valid as XML");
    const auto text = write_json(*from_xml.resource);
    const auto from_json = read_json(text);
    must(from_json.ok() && write_json(*from_json.resource) == text, "JSON, read, JSON gives the same");
    must(write_xml(*from_json.resource) == xml, "JSON and XML are the same resource");
}

inline void round_trip(const fhir::r4::ReadOutcome& outcome, const fhir::r4::ReadOptions& options) {
    issues_say_what_is_wrong(outcome.issues, options.max_issues);
    must(outcome.resource || !outcome.issues.empty(), "without a resource there is a reason");
    if (!outcome.resource) return;
    const auto issues = fhir::r4::validate(*outcome.resource);
    issues_say_what_is_wrong(issues, fhir::r4::ValidateOptions().max_issues);
    json_settles(*outcome.resource, options);
    if (outcome.issues.empty() && fhir::r4::acceptable(issues)) formats_agree(*outcome.resource);
}

}  // namespace gantry::fuzz
