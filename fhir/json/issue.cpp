#include "fhir/json/issue.hpp"

#include <algorithm>

#include "fhir/json/json_writer.hpp"

namespace gantry::fhir::r4 {
namespace {

constexpr const char* line_extension = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line";
constexpr const char* column_extension = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col";
constexpr const char* rule_system = "http://hl7.org/fhir/StructureDefinition/elementdefinition-constraint-key";

void add_number(Resource& outcome, Element issue, const char* url, std::uint32_t number) {
    const auto extension = outcome.add(issue, "extension");
    outcome.add(extension, "url", url);
    outcome.add(extension, "valueInteger", std::to_string(number));
}

void add_issue(Resource& outcome, const Issue& issue) {
    const auto entry = outcome.add(outcome.root(), "issue");
    if (issue.position.line > 0) {
        add_number(outcome, entry, line_extension, issue.position.line);
        add_number(outcome, entry, column_extension, issue.position.column);
    }
    outcome.add(entry, "severity", to_text(issue.severity));
    outcome.add(entry, "code", to_text(issue.type));
    if (!issue.rule.empty()) {
        const auto coding = outcome.add(outcome.add(entry, "details"), "coding");
        outcome.add(coding, "system", rule_system);
        outcome.add(coding, "code", issue.rule);
    }
    outcome.add(entry, "diagnostics", issue.diagnostics);
    if (!issue.expression.empty()) outcome.add(entry, "expression", issue.expression);
}

}  // namespace

std::string_view to_text(Severity severity) {
    switch (severity) {
        case Severity::fatal:
            return "fatal";
        case Severity::error:
            return "error";
        case Severity::warning:
            return "warning";
        case Severity::information:
            break;
    }
    return "information";
}

std::string_view to_text(IssueType type) {
    switch (type) {
        case IssueType::structure:
            return "structure";
        case IssueType::required:
            return "required";
        case IssueType::value:
            return "value";
        case IssueType::invariant:
            return "invariant";
        case IssueType::code_invalid:
            return "code-invalid";
        case IssueType::not_supported:
            return "not-supported";
        case IssueType::not_found:
            return "not-found";
        case IssueType::too_costly:
            return "too-costly";
        case IssueType::informational:
            break;
    }
    return "informational";
}

bool acceptable(std::span<const Issue> issues) {
    return std::all_of(issues.begin(), issues.end(), [](const Issue& issue) {
        return issue.severity != Severity::fatal && issue.severity != Severity::error;
    });
}

void Issues::add(Severity severity, IssueType type, std::string diagnostics, Element at, std::string rule) {
    if (full()) return;
    add_at(severity, type, std::move(diagnostics), at.path(), at.position());
    if (!full()) all_.back().rule = std::move(rule);
}

void Issues::add_at(Severity severity, IssueType type, std::string diagnostics, std::string expression,
                    json::Position position) {
    if (full()) return;
    if (all_.size() + 1 == most_) {
        severity = Severity::error;
        type = IssueType::too_costly;
        diagnostics = "there are more problems than the " + std::to_string(most_ - 1) + " that are told";
    }
    all_.push_back({severity, type, std::move(diagnostics), std::move(expression), position, {}});
}

Resource operation_outcome(std::span<const Issue> issues) {
    Resource outcome(*Type::find("OperationOutcome"));
    for (const auto& issue : issues) add_issue(outcome, issue);
    if (issues.empty()) add_issue(outcome, {Severity::information, IssueType::informational, "All OK", {}, {}, {}});
    return outcome;
}

std::string operation_outcome_json(std::span<const Issue> issues) {
    return write_json(operation_outcome(issues));
}

}  // namespace gantry::fhir::r4
