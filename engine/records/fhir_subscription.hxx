#pragma once
#include <odb/core.hxx>

#include <cstdint>
#include <string>

namespace gantry {
namespace records {

// Who is notified of what happens to records (FHIR Subscription).
#pragma db object table("fhir_subscription")
struct FhirSubscription {
#pragma db id
    std::int64_t id = 0;
    std::int64_t version = 0;   // from 1
    std::int64_t updated = 0;   // microseconds since 1970, UTC
    std::string status, error;  // of the resource; error: why it is `error`
    std::string document;       // the resource as JSON, as it was written
};

}  // namespace records
}  // namespace gantry
