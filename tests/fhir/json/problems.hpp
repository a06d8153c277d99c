// What reading and validating a JSON text says: a line per issue, "type rule expression" for errors, "warning …" for
// the rest.
#pragma once
#include <string>
#include <string_view>

#include "fhir/json/json_reader.hpp"
#include "fhir/json/validation.hpp"

namespace gantry::fhir::r4::test {

inline std::string lines_of(const std::vector<Issue>& issues) {
    std::string out;
    for (const auto& issue : issues) {
        if (!out.empty()) out += "\n";
        if (issue.severity == Severity::warning) out += "warning ";
        out += std::string(to_text(issue.type)) + " " + (issue.rule.empty() ? "" : issue.rule + " ") + issue.expression;
    }
    return out;
}

inline std::string problems(std::string_view bytes, const ValidateOptions& options = {}) {
    auto outcome = read_json(bytes);
    auto issues = std::move(outcome.issues);
    if (outcome.resource)
        for (auto& issue : validate(*outcome.resource, options)) issues.push_back(std::move(issue));
    return lines_of(issues);
}

}  // namespace gantry::fhir::r4::test
