// Any bytes as FHIR JSON, strict and lenient: problems have places, and what is read can be written and read again.
#include "tests/fuzz/fhir_round_trip.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace gantry;
    fhir::r4::ReadOptions options;
    for (const bool lenient : {false, true}) {
        options.lenient = lenient;
        fuzz::round_trip(fhir::r4::read_json(fuzz::text_of(data, size), options), options);
    }
    return 0;
}
