// What an order says of its patient at that visit (weight, height, pregnancy, alerts, state) as contained Observations:
// true of the order, not of the patient for ever. When it was observed nobody said; an extension says so.
#pragma once
#include "engine/effects/records.hpp"
#include "fhir/resources/resource_writer.hpp"

namespace gantry::fhir {

// `contained`
void write_patient_at_order(ResourceWriter& out, const effects::OrderRecord& order);
// `supportingInfo`, which refers to each of them.
void write_references_to_patient_at_order(ResourceWriter& out, const effects::OrderRecord& order);

// "1.75" m as "175" cm. Empty: it is no decimal.
std::string centimetres_of(std::string_view metres);

}  // namespace gantry::fhir
