// The operations there are, as CapabilityStatement.rest.operation and rest.resource.operation name them.
#pragma once
#include <span>
#include <string_view>

#include "engine/net/http.hpp"
#include "fhir/search/search_request.hpp"

namespace gantry::fhir {

struct Operation {
    std::string_view type;  // empty: of the system
    std::string_view name;  // without $
    std::string_view definition;
};
std::span<const Operation> operations();

// What an operation is asked with: the address, and of a POST with content the Parameters resource, whose values become
// text. Errors: fhir_bad_resource, fhir_bad_media_type.
Result<QueryParameters> operation_parameters(const net::HttpRequest& request);

}  // namespace gantry::fhir
