// Elements that several resources made of one order have in common.
#pragma once
#include <string>
#include <string_view>

#include "engine/effects/records.hpp"
#include "fhir/resources/projection.hpp"
#include "fhir/resources/resource_writer.hpp"

namespace gantry::fhir {

// Identifier of type ACSN.
void write_accession(ResourceWriter& out, std::string_view name, const effects::OrderRecord& order,
                     const ProjectionContext& context);
// To ServiceRequest/{order}, with its accession number, so that it is found by that, too.
void write_based_on(ResourceWriter& out, const effects::OrderRecord& order, const ProjectionContext& context);
// `priority`; a code that nobody mapped stays as it was sent, in the extension originalText of `_priority`.
void write_priority(ResourceWriter& out, const effects::OrderRecord& order);
// The procedure as a CodeableConcept, its description as the text.
void write_procedure(ResourceWriter& out, std::string_view name, const effects::OrderRecord& order);
// `reasonCode`, an array.
void write_reasons(ResourceWriter& out, const effects::OrderRecord& order);
// The visit by its number: VN, or AN where it is the account's.
void write_encounter(ResourceWriter& out, const effects::OrderRecord& order, const ProjectionContext& context);
void write_requester(ResourceWriter& out, std::string_view name, const effects::OrderRecord& order);
// When a step is to begin, as a moment: the day, with its time where one is known. Empty: there is no day.
std::string start_of(const effects::StepRecord& step);
// A Coding of DICOM's modalities (CID 29).
void write_modality(ResourceWriter& out, std::string_view name, std::string_view modality);

}  // namespace gantry::fhir
