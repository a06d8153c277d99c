// What the answer of a FHIR server says about what was sent (https://hl7.org/fhir/R4/http.html). Pure.
//
//   as http_status.hpp has it, but for
//   409   again later: somebody else changes the same resource at the same time
//   412   held: several resources have this identifier, which a person must put right
// and what `status_actions` name. Retry-After is honoured. No whole answer: a request that is repeatable is made again,
// any other is in doubt.
#pragma once
#include <string>
#include <string_view>

#include "channels/destinations/fhir_destination_options.hpp"
#include "channels/destinations/fhir_request.hpp"
#include "engine/net/http_caller.hpp"
#include "engine/runtime/ports.hpp"

namespace gantry::channels {

// The detail names the status and the codes and elements of an OperationOutcome, and nothing else of the answer.
runtime::Destination::Answer fhir_answer(const net::HttpCall& call, const FhirRequest& request,
                                         const FhirDestinationOptions& options);

// "error required at Patient.name, error value MSG_PARAM_INVALID": the first issues by their codes (issue.code,
// details.coding.code) and elements (issue.expression); diagnostics and texts may quote the patient and are left out,
// as is everything that does not look like a code or an element. Empty: it is none.
std::string outcome_codes(std::string_view body);

}  // namespace gantry::channels
