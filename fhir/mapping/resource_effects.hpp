// From FHIR R4 resources to effects: what a ServiceRequest, an ImagingStudy, a DiagnosticReport, a Patient, or several
// of them together say, as the vocabulary that every message has (docs/specs/fhir-writing.md).
//
// An element that is not there changes nothing. What no record can hold is named in Effects::ignored, so that it
// reaches whoever sent it as a warning. Nothing is guessed: a reference that leads to nothing, a state that is none,
// a number too long are rejections whose place is the element's FHIRPath.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/clock.hpp"
#include "engine/effects/effects.hpp"
#include "fhir/json/resource.hpp"
#include "fhir/mapping/known_records.hpp"
#include "fhir/resources/identifier_systems.hpp"

namespace gantry::fhir {

struct ResourceContext {
    const IdentifierSystems& systems;
    KnownRecords& known;
    const Zone* zone = nullptr;  // the site's; null: UTC
    std::string base{};          // "https://host/fhir": absolute references below it are ours
    // The modality of a procedure, where the resource names none; the station of a modality. Either may be null or
    // answer nothing.
    std::function<std::string(std::string_view procedure)> modality_of{};
    std::function<std::string(std::string_view modality)> station_of{};
    std::string placer_authority{};  // of order numbers without a system
};

// What is taken; everything else is rejected.
std::span<const std::string_view> written_types();
bool is_written(std::string_view type);

// resource: valid (r4::validate). A Bundle is taken as a whole: transaction, message, or a batch whose parts are to
// happen together. own: the id of the record that it is to change, of an update; 0: none. received: when it came.
effects::Effects effects_of(const r4::Resource& resource, std::int64_t own, Instant received,
                            const ResourceContext& context);

}  // namespace gantry::fhir
