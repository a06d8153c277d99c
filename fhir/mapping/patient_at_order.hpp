// What an order says of its patient at the time: weight, height, alerts, pregnancy and state, as Observations inside
// it.
#pragma once
#include "fhir/mapping/order_drafts.hpp"

namespace gantry::fhir {

// Of ServiceRequest.supportingInfo: Observations inside the request or submitted with it. Others are lost.
void read_patient_at_order(ResourceReading& reading, r4::Element request, effects::OrderChange& change);
// Encounter by its number; without one it is lost.
void read_encounter(ResourceReading& reading, r4::Element encounter, OrderDraft& draft, std::string_view source);

}  // namespace gantry::fhir
