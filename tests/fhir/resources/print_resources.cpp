// Every resource of full and minimal records, one per line (NDJSON): for validators that this project did not write.
#include <cstdio>

#include "fhir/resources/patient.hpp"
#include "fhir/resources/service_request.hpp"
#include "tests/fhir/resources/records.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;

namespace {

void print(const std::string& resource) {
    std::printf("%s\n", resource.c_str());
}

}  // namespace

int main() {
    auto merged = minimal_patient();
    merged.merged_into = {101};
    for (const auto& patient : {full_patient(), minimal_patient(), merged})
        print(patient_json(patient, changed_at, context()));
    for (const auto& order : {full_order(), minimal_order()}) print(service_request_json(order, changed_at, context()));
}
