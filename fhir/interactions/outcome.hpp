// OperationOutcome: what went wrong, for a program and a person (FHIR R4, operationoutcome.html).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/net/http.hpp"
#include "fhir/interactions/exchange.hpp"

namespace gantry::fhir {

struct Issue {
    std::string_view severity = "error";  // fatal, error, warning, information
    std::string_view code;                // issue-type
    std::string diagnostics;
    std::string expression;  // FHIRPath, or of a search the parameter; empty: none
};

Issue issue_of(const Error& error);
std::string outcome_json(const std::vector<Issue>& issues);

// With the status and issue code of the error catalogue.
net::HttpResponse outcome_response(const Error& error, const Wanted& wanted = {});
net::HttpResponse outcome_response(int status, const std::vector<Issue>& issues, const Wanted& wanted = {});

}  // namespace gantry::fhir
