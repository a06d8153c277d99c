// What a FHIR payload asks a server to do (https://hl7.org/fhir/R4/http.html). Pure.
#pragma once
#include <string>
#include <string_view>

#include "channels/destinations/fhir_destination_options.hpp"
#include "engine/base/result.hpp"

namespace gantry::channels {

struct FhirRequest {
    std::string method;         // PUT, POST
    std::string target;         // behind the base, "/Patient?identifier=…"; empty for a transaction
    std::string if_none_exist;  // the value of the header, or empty
    // Done twice it is there once: conditional, or a transaction of nothing but such entries.
    bool repeatable = true;
};

// payload: JSON. A Bundle of type transaction is posted to the base. Every other resource is sent as
// options.interaction says (3.1.0.4.3 conditional update, 3.1.0.8.1 conditional create), known by the identifier of
// options.identifier_system, or its first; with a value, which a resource must have.
// Error: config_out_of_range; its detail says what is wrong with the payload, without anything of a patient.
Result<FhirRequest> fhir_request(std::string_view payload, const FhirDestinationOptions& options);

}  // namespace gantry::channels
