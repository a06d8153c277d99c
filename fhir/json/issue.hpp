// One problem with a resource, as FHIR says it: OperationOutcome.issue (http://hl7.org/fhir/R4/operationoutcome.html).
// Diagnostics name elements, types and rules; they quote a value only where it is a code, a type or a unit of syntax,
// never names, dates or identifiers, because outcomes reach logs.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/json/value.hpp"
#include "fhir/json/resource.hpp"

namespace gantry::fhir::r4 {

// http://hl7.org/fhir/R4/valueset-issue-severity.html
enum class Severity : std::uint8_t { fatal, error, warning, information };

// Of http://hl7.org/fhir/R4/valueset-issue-type.html what this room says.
enum class IssueType : std::uint8_t {
    structure,      // the text cannot be read, or an element is where none may be
    required,       // an element is missing
    value,          // a primitive is none of its type
    invariant,      // a rule of the specification (`rule` names it) is broken
    code_invalid,   // a code is not in the value set that is bound
    not_supported,  // a resource type that R4 does not know
    not_found,      // a fragment refers to nothing
    too_costly,     // larger, deeper or more problems than are looked at
    informational,
};

struct Issue {
    Severity severity = Severity::error;
    IssueType type = IssueType::structure;
    std::string diagnostics;
    std::string expression;  // "Patient.contact[0].gender"; empty: the text as a whole
    json::Position position;
    std::string rule;  // key of the invariant ("pat-1"), or empty
};

std::string_view to_text(Severity severity);  // "error"
std::string_view to_text(IssueType type);     // "code-invalid"

// Whether a resource with these may be taken: none is fatal or an error.
bool acceptable(std::span<const Issue> issues);

// Collects problems up to a number; the one after is a too-costly issue, and `full` says to stop looking.
class Issues {
  public:
    explicit Issues(std::size_t most) : most_(most) {}
    void add(Severity severity, IssueType type, std::string diagnostics, Element at, std::string rule = {});
    void add_at(Severity severity, IssueType type, std::string diagnostics, std::string expression,
                json::Position position);
    bool full() const { return all_.size() >= most_; }
    std::vector<Issue> take() { return std::move(all_); }

  private:
    std::size_t most_;
    std::vector<Issue> all_;
};

// An OperationOutcome resource. Without issues it says that there are none ("All OK", as R4 asks).
Resource operation_outcome(std::span<const Issue> issues);
std::string operation_outcome_json(std::span<const Issue> issues);

}  // namespace gantry::fhir::r4
