// Requests under /fhir that no interaction takes: another path, another method.
#pragma once
#include "engine/net/http.hpp"

namespace gantry::fhir {

// What the router says of itself about a place under /fhir becomes an OperationOutcome, in the form the client wants.
void answer_in_fhir(const net::HttpRequest& request, net::HttpResponse& response);

}  // namespace gantry::fhir
